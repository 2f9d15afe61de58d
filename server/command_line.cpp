#include "server/command_line.hpp"

#include <CLI/CLI.hpp>

namespace bisik::server {
namespace {

using Command = CommandLine::Command;

// Options outlive the parser's callbacks: all of them write here.
struct Typed {
  CommandLine line{};
  bool json = false;
  bool reference = false;
  std::string expires = "24h";
};

CLI::App& declare(CLI::App& program, const char* name, const char* what, Command command,
                  Typed& typed) {
  auto& sub = *program.add_subcommand(name, what);
  sub.fallthrough();
  sub.add_flag("--json", typed.json, "One JSON object a line, for programs");
  sub.callback([command, &typed] { typed.line.command = command; });
  return sub;
}

void add_flag(CLI::App& command, const Setting& setting, Wishes& wishes) {
  const auto flag = *setting.flag();
  const auto keep = [&setting, &wishes](const auto& value) { wishes.flags[setting.name] = value; };
  if (std::holds_alternative<SwitchSetting>(setting.kind)) {
    const auto both = flag + ",!--no-" + flag.substr(2);
    command.add_flag_function(
        both, [keep](std::int64_t count) { keep(Given{count > 0}); }, setting.what);
  } else if (std::holds_alternative<ListSetting>(setting.kind)) {
    command
        .add_option_function<std::vector<std::string>>(
            flag, [keep](const auto& texts) { keep(Given{texts}); },
            setting.what + " May be repeated.")
        ->type_name(std::string{std::get<ListSetting>(setting.kind).form});
  } else {
    auto& option = *command.add_option_function<std::string>(
        flag, [keep](const auto& text) { keep(Given{text}); }, setting.what);
    if (const auto* choice = std::get_if<ChoiceSetting>(&setting.kind)) {
      option.check(
          CLI::IsMember(std::vector<std::string>{choice->words.begin(), choice->words.end()}));
    } else {
      option.type_name(std::string{std::get<TextSetting>(setting.kind).form});
    }
  }
}

void add_where(CLI::App& command, Wishes& wishes) {
  command
      .add_option("--config", wishes.file,
                  "The configuration file, else relay.toml in the data directory")
      ->type_name("FILE");
  add_flag(command, *find_setting("data"), wishes);
}

void add_settings(CLI::App& command, Wishes& wishes) {
  command
      .add_option("--config", wishes.file,
                  "The configuration file, else relay.toml in the data directory")
      ->type_name("FILE");
  for (const auto& setting : setting_table()) {
    // Of the whole program: it may stand in front of the command.
    if (setting.flag() && setting.name != "log_level") add_flag(command, setting, wishes);
  }
}

void declare_bench(CLI::App& program, Typed& typed) {
  auto& options = typed.line.bench;
  options.scratch = bench::default_scratch();
  auto& command =
      declare(program, "bench", "Measure a relay on this machine", Command::bench, typed);
  command.add_option("STEP", options.steps, "Which steps (default: all)")->type_name("");
  command.add_option("--data", options.data, "Measure the relay that runs on this directory")
      ->type_name("DIR");
  command.add_option("--scratch", options.scratch, "Where to put the data of the one that is made")
      ->type_name("DIR");
  const auto add = [&](const char* name, auto& value, const char* what) {
    command.add_option(name, value, what)->type_name("N")->capture_default_str();
  };
  add("--seconds", options.seconds, "For each step that has no end of its own");
  add("--pairs", options.pairs, "Senders, each with a reader");
  add("--window", options.window, "Cells of a sender that are on their way");
  add("--cells", options.cells, "To store, and then to drain");
  add("--connections", options.connections, "Idle ones");
  add("--registrations", options.registrations, "Accounts with all their keys");
}

void declare_commands(CLI::App& program, Typed& typed) {
  auto& wishes = typed.line.wishes;
  add_flag(program, *find_setting("log_level"), wishes);
  add_settings(declare(program, "up", "Serve, until SIGTERM or SIGINT", Command::up, typed),
               wishes);
  add_settings(
      declare(program, "check", "Say what is wrong with the configuration", Command::check, typed),
      wishes);
  declare(program, "config", "Print a configuration file with every setting", Command::config,
          typed)
      .add_flag("--reference", typed.reference, "The page about all settings instead");
  auto& invite =
      declare(program, "invite", "Make a link that lets somebody register", Command::invite, typed);
  add_where(invite, wishes);
  invite.add_option("--uses", typed.line.terms.uses, "How many accounts may register with it")
      ->type_name("N");
  invite.add_option("--expires", typed.expires, "When it ends: 90s, 30m, 24h, 7d")
      ->type_name("TIME");
  add_where(declare(program, "limits", "How much of everything there may be, and why",
                    Command::limits, typed),
            wishes);
  add_where(declare(program, "stats", "What the running relay has and does, in numbers",
                    Command::stats, typed),
            wishes);
  declare_bench(program, typed);
  declare(program, "version", "Which version this is", Command::version, typed);
}

// `bisik-relay --version` is `bisik-relay version`.
std::vector<const char*> as_commands(int argc, char** argv) {
  std::vector<const char*> words{argv, argv + argc};
  if (argc > 1 && std::string_view{words[1]} == "--version") words[1] = "version";
  return words;
}

// What was typed in place of a command; nothing: there is one, or nothing was typed.
std::optional<std::string> no_command(const CLI::App& program) {
  const auto words = program.remaining();
  if (words.empty() || !program.get_subcommands().empty()) return std::nullopt;
  const auto& word = words.front();
  const std::string more = " See bisik-relay --help.";
  if (word.starts_with('-')) return "bisik-relay does not take " + word + "." + more;
  std::vector<std::string> names;
  for (const auto* command : program.get_subcommands({})) names.push_back(command->get_name());
  const auto meant = nearest(word, names);
  return "There is no command " + word + "." + (meant ? " Did you mean " + *meant + "?" : "") +
         more;
}

// A mistake in the line, as one sentence that says where to look.
Problem mistake_in(const CLI::App& program, const CLI::ParseError& error) {
  if (const auto sentence = no_command(program)) return {Exit::user, *sentence};
  const auto commands = program.get_subcommands();
  const auto typed =
      commands.empty() ? "bisik-relay" : "bisik-relay " + commands.front()->get_name();
  const auto more = " See " + typed + " --help.";
  if (commands.empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return {Exit::user, "bisik-relay needs a command." + more};
  }
  const auto extras = program.remaining(true);
  if (!extras.empty()) return {Exit::user, typed + " does not take " + extras.front() + "." + more};
  const std::string text = error.what();
  return {Exit::user, text.substr(0, text.find('\n')) + (text.ends_with('.') ? "" : ".") + more};
}

}  // namespace

std::variant<CommandLine, Answered> parse_command_line(int argc, char** argv) {
  CLI::App program{"bisik-relay: keeps sealed messages until their reader takes them away"};
  program.require_subcommand(1);
  program.fallthrough();
  Typed typed;
  declare_commands(program, typed);
  try {
    const auto words = as_commands(argc, argv);
    program.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) throw mistake_in(program, error);
    program.exit(error);
    return Answered{};
  }
  auto& line = typed.line;
  if (typed.json) line.output = Output::json;
  if (typed.reference) line.config_text = ConfigText::reference;
  line.bench.json = typed.json;
  line.wishes.environment = relay_variables();
  line.terms.lifetime = parse_duration(typed.expires);
  return std::move(line);
}

}  // namespace bisik::server
