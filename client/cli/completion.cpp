#include "client/cli/completion.hpp"

#include <algorithm>
#include <vector>

namespace bisik::client {
namespace {

// What may stand where a value is typed.
struct Value {
  enum class Kind { none, words, files, other };
  Kind kind = Kind::none;
  std::vector<std::string> words = {};
  bool may_be_absent = false;
};

// A command, or one below another, and what may follow it.
struct Entry {
  std::string path;  // "devices remove"; empty: none yet
  std::string description;
  struct Option {
    std::string name;  // --json, -q
    std::string description;
    Value value;
  };
  std::vector<Option> options = {};
  std::vector<std::string> commands = {};
  std::vector<std::string> choices = {};  // of an argument of its own
  bool takes_files = false;               // the same
};

std::string joined(const std::vector<std::string>& list) {
  std::string all;
  for (const auto& word : list) all += (all.empty() ? "" : " ") + word;
  return all;
}

// Of "MODE:{one,two}" the choices.
std::vector<std::string> choices_of(const std::string& type) {
  const auto begin = type.find(":{");
  if (begin == std::string::npos) return {};
  std::vector<std::string> words;
  auto rest = std::string_view{type}.substr(begin + 2, type.rfind('}') - begin - 2);
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    if (end != 0) words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

// As the table calls what is a path.
bool names_a_file(const std::string& type) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"FILE", "PATH", "[PATH]", "PROGRAM", "ARGUMENT"},
      [&](std::string_view name) { return name == type; });
}

Value value_of(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return {};
  const auto type = option.get_type_name();
  Value value{.kind = Value::Kind::other, .may_be_absent = option.get_expected_min() == 0};
  value.words = choices_of(type);
  if (!value.words.empty()) value.kind = Value::Kind::words;
  if (names_a_file(option.get_positional() ? option.get_name(true) : type)) {
    value.kind = Value::Kind::files;
  }
  return value;
}

void add_options(const CLI::App& app, Entry& entry) {
  for (const auto* option : app.get_options()) {
    const auto value = value_of(*option);
    if (option->get_positional()) {
      entry.choices.insert(entry.choices.end(), value.words.begin(), value.words.end());
      entry.takes_files = entry.takes_files || value.kind == Value::Kind::files;
    }
    for (const auto& name : option->get_lnames()) {
      entry.options.push_back({"--" + name, option->get_description(), value});
    }
    for (const auto& name : option->get_snames()) {
      entry.options.push_back({"-" + name, option->get_description(), value});
    }
  }
}

void collect(const CLI::App& app, const std::string& path, std::vector<Entry>& entries) {
  const auto at = entries.size();
  entries.push_back({path, app.get_description()});
  add_options(app, entries[at]);
  for (const auto* command : app.get_subcommands({})) {
    entries[at].commands.push_back(command->get_name());
    collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(),
            entries);
  }
}

// In single quotes, for any shell of these.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + "'";
}

// The options of a command are its own and those of all.
std::string candidates(const Entry& entry, const Entry& all) {
  auto list = entry.commands;
  list.insert(list.end(), entry.choices.begin(), entry.choices.end());
  for (const auto& option : entry.options) list.push_back(option.name);
  if (&entry == &all) return joined(list);
  for (const auto& option : all.options) {
    const bool twice = std::ranges::any_of(
        entry.options, [&](const auto& own) { return own.name == option.name; });
    if (!twice) list.push_back(option.name);
  }
  return joined(list);
}

// --- bash and zsh --------------------------------------------------------------------------------

// The longest command that was typed, in `at`. What stands behind "--" is no command.
std::string command_in_bash(const std::vector<Entry>& entries) {
  std::string script =
      "  for word in \"${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}\"; do\n"
      "    [ \"$word\" = -- ] && ends=1 && break\n"
      "    case \"$at $word\" in\n";
  for (const auto& entry : entries) {
    if (!entry.path.empty()) {
      script += "      " +
                quoted((entry.path.find(' ') == std::string::npos ? " " : "") + entry.path) +
                ") at=" + quoted(entry.path) + " ;;\n";
    }
  }
  return script + "    esac\n  done\n";
}

// What may follow it, in `list`, and in `files` whether that may be a file.
std::string words_in_bash(const std::vector<Entry>& entries) {
  std::string script = "  case \"$at\" in\n";
  for (const auto& entry : entries) {
    script += "    " + quoted(entry.path) + ") list=" + quoted(candidates(entry, entries.front())) +
              (entry.takes_files ? " files=1" : "") + " ;;\n";
  }
  return script + "  esac\n  [ -n \"$ends\" ] && list=''\n";
}

// Behind an option that takes one, its value instead; the options of all serve every command.
std::string values_in_bash(const std::vector<Entry>& entries) {
  std::string always;
  std::string unless_option;
  const auto add = [&](const Entry& entry, const Entry::Option& option) {
    if (option.value.kind == Value::Kind::none) return;
    const auto is_files = option.value.kind == Value::Kind::files;
    const std::string pattern =
        (entry.path.empty() ? "*" : "") + quoted(entry.path + " " + option.name);
    (option.value.may_be_absent ? unless_option : always) +=
        "    " + pattern + ") list=" + quoted(joined(option.value.words)) +
        " files=" + (is_files ? "1" : "''") + " ;;\n";
  };
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    for (const auto& option : entry->options) add(*entry, option);
  }
  const std::string begin = "case \"$at $before\" in\n";
  return "  [ -z \"$ends\" ] && " + begin + always +
         "  esac\n"
         "  [ -z \"$ends\" ] && [ \"${typed#-}\" = \"$typed\" ] && " +
         begin + unless_option + "  esac\n";
}

// Whoever calls it has these variables, and COMP_WORDS and COMP_CWORD as bash sets them. Bash takes
// "--wait=read" for three words, zsh for one.
constexpr const char* kVariables =
    "  local at='' ends='' list='' files='' typed='' before='' joined=''\n";
constexpr const char* kBeginOfLook =
    "_bisik_look() {\n"
    "  local word\n"
    "  typed=\"${COMP_WORDS[COMP_CWORD]}\"\n"
    "  before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
    "  case \"$typed\" in\n"
    "    =) typed='' ;;\n"
    "    --*=*) before=\"${typed%%=*}\" joined=\"${typed%%=*}=\" typed=\"${typed#*=}\" ;;\n"
    "    *) [ \"$before\" = = ] && before=\"${COMP_WORDS[COMP_CWORD-2]}\" ;;\n"
    "  esac\n";

std::string look(const std::vector<Entry>& entries) {
  return kBeginOfLook + command_in_bash(entries) + words_in_bash(entries) +
         values_in_bash(entries) + "}\n";
}

// The shell itself completes files, where nothing else is offered and it is not told otherwise.
std::string for_bash(const std::vector<Entry>& entries) {
  return look(entries) + "_bisik() {\n" + kVariables +
         "  _bisik_look\n"
         "  COMPREPLY=($(compgen -P \"$joined\" -W \"$list\" -- \"$typed\"))\n"
         "  [ -n \"$files\" ] || compopt +o default\n"
         "}\n"
         "complete -o default -F _bisik bisik\n";
}

// Read as a whole, or found as the file of this function and called by its name.
std::string for_zsh(const std::vector<Entry>& entries) {
  return "#compdef bisik\n" + look(entries) + "_bisik() {\n" + kVariables +
         "  local -a COMP_WORDS=(\"${words[@]}\")\n"
         "  local COMP_CWORD=$((CURRENT - 1))\n"
         "  () { emulate -L sh; _bisik_look }\n"
         "  [[ -z $joined ]] || compset -P '*='\n"
         "  [[ -z $files ]] || _files\n"
         "  compadd -- ${=list}\n"
         "}\n"
         "if [[ $funcstack[1] = _bisik ]]; then _bisik; else compdef _bisik bisik; fi\n";
}

// --- fish ----------------------------------------------------------------------------------------

// The longest command that was typed, as in bash.
std::string command_in_fish(const std::vector<Entry>& entries) {
  std::string script =
      "function __bisik_at\n"
      "    set -l at ''\n"
      "    for word in (commandline -opc)\n"
      "        test \"$word\" = --; and break\n"
      "        switch \"$at $word\"\n";
  for (const auto& entry : entries) {
    if (entry.path.empty()) continue;
    const bool is_below = entry.path.find(' ') != std::string::npos;
    script += "            case " + quoted((is_below ? "" : " ") + entry.path) +
              "\n                set at " + quoted(entry.path) + "\n";
  }
  return script +
         "        end\n"
         "    end\n"
         "    test \"$at\" = \"$argv[1]\"\n"
         "end\n";
}

std::string fish_value(const Value& value) {
  switch (value.kind) {
    case Value::Kind::none:
      return "";
    case Value::Kind::words:
      return " -x -a " + quoted(joined(value.words));
    case Value::Kind::files:
      return " -r -F";
    case Value::Kind::other:
      return " -x";
  }
  return "";
}

std::string for_fish(const std::vector<Entry>& entries) {
  std::string script = command_in_fish(entries) + "complete -c bisik -f\n";
  const auto begin = [](const std::string& path) {
    return "complete -c bisik -n " + quoted("__bisik_at \"" + path + "\"");
  };
  for (const auto& entry : entries) {
    const auto last = entry.path.rfind(' ');
    if (!entry.path.empty()) {
      const auto above = last == std::string::npos ? "" : entry.path.substr(0, last);
      const auto name = last == std::string::npos ? entry.path : entry.path.substr(last + 1);
      script += begin(above) + " -a " + quoted(name) + " -d " + quoted(entry.description) + "\n";
    }
    if (!entry.choices.empty()) {
      script += begin(entry.path) + " -a " + quoted(joined(entry.choices)) + "\n";
    }
    if (entry.takes_files) script += begin(entry.path) + " -F\n";
    for (const auto& option : entry.options) {
      script += entry.path.empty() ? "complete -c bisik" : begin(entry.path);
      const bool is_long = option.name.starts_with("--");
      script += (is_long ? " -l " : " -s ") + option.name.substr(is_long ? 2 : 1) +
                fish_value(option.value) + " -d " + quoted(option.description) + "\n";
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  std::vector<Entry> entries;
  collect(app, "", entries);
  if (shell == "fish") return for_fish(entries);
  return shell == "bash" ? for_bash(entries) : for_zsh(entries);
}

}  // namespace bisik::client
