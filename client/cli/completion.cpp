#include "client/cli/completion.hpp"

#include <algorithm>
#include <vector>

namespace bisik::client {
namespace {

// A command, or one below another, and what may follow it.
struct Entry {
  std::string path;  // "devices remove"; empty: none yet
  std::string description;
  struct Option {
    std::string name;  // --json, -q
    std::string description;
    bool takes_value;
  };
  std::vector<Option> options;
  std::vector<std::string> commands;
};

std::string words(const std::vector<std::string>& list) {
  std::string all;
  for (const auto& word : list) all += (all.empty() ? "" : " ") + word;
  return all;
}

void add_options(const CLI::App& app, Entry& entry) {
  for (const auto* option : app.get_options()) {
    const bool takes_value = option->get_expected_max() > 0;
    const auto add = [&](const std::string& name) {
      entry.options.push_back({name, option->get_description(), takes_value});
    };
    for (const auto& name : option->get_lnames()) add("--" + name);
    for (const auto& name : option->get_snames()) add("-" + name);
  }
}

void collect(const CLI::App& app, const std::string& path, std::vector<Entry>& entries) {
  const auto at = entries.size();
  entries.push_back({path, app.get_description(), {}, {}});
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
  for (const auto& option : entry.options) list.push_back(option.name);
  if (&entry == &all) return words(list);
  for (const auto& option : all.options) {
    const bool twice = std::ranges::any_of(
        entry.options, [&](const auto& own) { return own.name == option.name; });
    if (!twice) list.push_back(option.name);
  }
  return words(list);
}

// Shared by bash and zsh, which reads it through bashcompinit: the longest command that was typed
// says what may follow; where nothing does, files.
std::string for_bash(const std::vector<Entry>& entries) {
  std::string script =
      "_bisik() {\n"
      "  local word path='' list=''\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$path $word\" in\n";
  for (const auto& entry : entries) {
    if (!entry.path.empty()) {
      script += "      " +
                quoted((entry.path.find(' ') == std::string::npos ? " " : "") + entry.path) +
                ") path=" + quoted(entry.path) + " ;;\n";
    }
  }
  script += "    esac\n  done\n  case \"$path\" in\n";
  for (const auto& entry : entries) {
    script += "    " + quoted(entry.path) + ") list=" + quoted(candidates(entry, entries.front())) +
              " ;;\n";
  }
  return script +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$list\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _bisik bisik\n";
}

std::string fish_condition(const std::string& path) {
  if (path.empty()) return "__fish_use_subcommand";
  std::string condition;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find(' ', begin), path.size());
    condition += (condition.empty() ? "" : "; and ") +
                 ("__fish_seen_subcommand_from " + path.substr(begin, end - begin));
    begin = end + 1;
  }
  return condition;
}

std::string for_fish(const std::vector<Entry>& entries) {
  std::string script;
  for (const auto& entry : entries) {
    const auto last = entry.path.rfind(' ');
    if (!entry.path.empty()) {
      const auto above = last == std::string::npos ? "" : entry.path.substr(0, last);
      const auto name = last == std::string::npos ? entry.path : entry.path.substr(last + 1);
      script += "complete -c bisik -n " + quoted(fish_condition(above)) + " -a " + quoted(name) +
                " -d " + quoted(entry.description) + "\n";
    }
    for (const auto& option : entry.options) {
      script += "complete -c bisik";
      if (!entry.path.empty()) script += " -n " + quoted(fish_condition(entry.path));
      const bool is_long = option.name.starts_with("--");
      script += (is_long ? " -l " : " -s ") + option.name.substr(is_long ? 2 : 1);
      if (option.takes_value) script += " -r";
      script += " -d " + quoted(option.description) + "\n";
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  std::vector<Entry> entries;
  collect(app, "", entries);
  if (shell == "fish") return for_fish(entries);
  const auto script = for_bash(entries);
  if (shell == "bash") return script;
  return "#compdef bisik\nautoload -U +X bashcompinit && bashcompinit\n" + script;
}

}  // namespace bisik::client
