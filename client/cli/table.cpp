#include "client/cli/table.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "client/cli/completion.hpp"
#include "client/cli/declare.hpp"
#include "client/cli/defaults.hpp"
#include "client/cli/help.hpp"
#include "client/cli/mistakes.hpp"

namespace bisik::client {
namespace {

constexpr const char* kDescription =
    "bisik: messages that nobody else can read, from your terminal.";
constexpr const char* kFooter =
    "First steps:\n"
    "  bisik demo                          see it work, without a network\n"
    "  bisik join 'LINK' --name Alice      begin, with an invite to a relay\n"
    "  bisik invite                        a link that brings somebody else to you\n"
    "  bisik send bob 'hello'              exits 0 when the relay has it on its disk\n"
    "  bisik chat bob                      read and write at the same time\n\n"
    "Exit codes: 0 done, 1 you can fix it, 2 unexpected, 3 relay or network,\n"
    "4 a key is not trusted, 5 too much at once, 6 refused,\n"
    "7 another message has that idempotency key. More: man bisik";

void declare_globals(CLI::App& app, Globals& globals) {
  app.set_version_flag("--version", std::string{version_words()}, "Show the version and exit");
  app.add_option("--profile", globals.profiles, "A profile by its name, instead of BISIK_HOME")
      ->envname("BISIK_PROFILE")
      ->allow_extra_args(false)
      ->type_name("NAME");
  app.add_option("--account,-a,-u", globals.accounts,
                 "A profile by its name, or by the id or UUID of its account")
      ->allow_extra_args(false)
      ->type_name("ACCOUNT");
  app.add_option_function<std::string>(
         "--config", [](const std::string&) {},  // was read before the line is
         "The configuration file, instead of ~/.config/bisik/config")
      ->type_name("FILE");
  app.add_flag("--json", globals.json, "One JSON object a line, for programs");
  app.add_flag("--quiet,-q", globals.quiet, "No words about what was done");
  auto* file = app.add_option("--passphrase-file", globals.passphrase.file,
                              "Read the passphrase from the first line of a file");
  file->type_name("FILE");
  app.add_option("--passphrase-fd", globals.passphrase.fd,
                 "Read the passphrase from an open descriptor")
      ->type_name("N")
      ->excludes(file);
  app.add_flag("--require-mlock", globals.require_mlock,
               "Refuse to run where keys could be swapped out");
}

void declare_account(CLI::App& app, CommandLine& line) {
  auto& joining = declare(app, "join", "Register at a relay with an invite",
                          "bisik join 'bisik://chat.example.org:7443/Nq3...#...' --name Alice");
  auto join_options = run_with(joining, line, join);
  joining.add_option("LINK", join_options->link, "The invite, between quotes")->required();
  joining.add_option("--name", join_options->name, "What others will call you at first")
      ->envname("BISIK_NAME")
      ->type_name("NAME")
      ->required();
  joining.add_flag("--passphrase", join_options->passphrase,
                   "Protect the profile with a passphrase instead of a key file");

  auto& inviting = declare(app, "invite", "Make a link that brings somebody to you",
                           "bisik invite --expires 3d");
  auto invite_options = run_with(inviting, line, invite);
  inviting.add_option("--expires", invite_options->expires, "For how long it works: 30m, 12h, 7d")
      ->type_name("TIME");
  inviting.add_flag("--contact", invite_options->contact_only,
                    "For somebody who has an account already");

  auto& who = declare(app, "whoami", "Show this account", "bisik whoami --server-view");
  auto who_options = run_with(who, line, whoami);
  who.add_flag("--server-view", who_options->server_view,
               "Every row that the relay holds about this account");
}

void declare_devices(CLI::App& app, CommandLine& line) {
  auto& linking =
      declare(app, "link", "Make this a device of an account that you have already",
              "bisik link 'bisik://chat.example.org:7443/Nq3...'    on the new device\n"
              "  bisik link --approve 'CODE'                          on the first one");
  auto options = run_with(linking, line, link);
  auto* relay =
      linking.add_option("RELAY", options->relay, "The account's relay, as whoami shows it there");
  auto* approve = linking.add_option(
      "--approve", options->code, "What the new device shows; then its six digits are asked for");
  approve->type_name("CODE")->excludes(relay);
  linking.add_flag("--no-history", options->no_history, "Begin here with empty conversations")
      ->excludes(approve);
  linking
      .add_flag("--passphrase", options->passphrase,
                "Protect the profile with a passphrase instead of a key file")
      ->excludes(approve);

  auto& listing = declare(app, "devices", "List the devices of this account", "bisik devices");
  listing.require_subcommand(0, 1);
  listing.callback([&listing, &line] {  // runs after that of `remove`
    if (listing.get_subcommands().empty()) line.command = devices;
  });
  auto& removing =
      declare(listing, "remove", "Let a device hear nothing more", "bisik devices remove 2");
  auto remove_options = run_with(removing, line, remove_device);
  removing.add_option("NUMBER", remove_options->number, "Which, as devices shows it")->required();
  auto& accepting = declare(listing, "accept", "Say that the relay's list of devices is yours",
                            "bisik devices accept");
  accepting.callback([&line] { line.command = accept_devices; });
}

void declare_backup(CLI::App& app, CommandLine& line) {
  auto& saving = declare(app, "backup", "Write account, contacts and history into a sealed file",
                         "bisik backup alice.bisik    and write down the nine words it shows");
  auto backup_options = run_with(saving, line, backup);
  saving.add_option("FILE", backup_options->file, "Where to")->required();
  saving.add_flag("--force", backup_options->force, "Replace a file that is there");

  auto& restoring = declare(app, "restore", "Have the account again, from a backup",
                            "bisik restore alice.bisik    on a new machine; asks for the words");
  auto restore_options = run_with(restoring, line, restore);
  restoring.add_option("FILE", restore_options->file, "The backup")->required();
  restoring
      .add_option("--code-file", restore_options->code_file,
                  "Read the recovery code from the first line of a file")
      ->type_name("FILE");
  restoring.add_flag("--passphrase", restore_options->passphrase,
                     "Protect the profile with a passphrase instead of a key file");
}

void declare_moving(CLI::App& app, CommandLine& line) {
  auto& moving = declare(app, "move", "Tell your contacts that you go on under another account",
                         "bisik move           shows a link for 'bisik successor', in the new"
                         " profile\n  bisik move 'LINK'    with the link that it shows");
  auto move_options = run_with(moving, line, move_account);
  moving.add_option("LINK", move_options->link, "What bisik successor shows");
  moving.add_flag("--yes", move_options->yes, "Do not ask");

  auto& succeeding = declare(app, "successor", "Go on here as an account that you have elsewhere",
                             "bisik successor 'LINK'");
  auto options = run_with(succeeding, line, successor);
  succeeding.add_option("LINK", options->of, "What bisik move shows in the old profile")
      ->required();
}

void declare_people(CLI::App& app, CommandLine& line) {
  auto& adding = declare(app, "add", "Add the person whose link this is",
                         "bisik add 'bisik://...#...' --name bob");
  auto add_options = run_with(adding, line, add);
  adding.add_option("LINK", add_options->link, "Their link, between quotes")->required();
  adding.add_option("--name", add_options->name, "What to call them here")->type_name("NAME");

  run_alone(declare(app, "contacts", "List the people you know", "bisik contacts --json"), line,
            contacts);

  auto& renaming = declare(app, "rename", "Call somebody otherwise, who is not told",
                           "bisik rename bob 'Bob from work'");
  auto rename_options = run_with(renaming, line, rename);
  renaming.add_option("NAME", rename_options->name, "Whom")->required();
  renaming.add_option("NEW", rename_options->new_name, "What to call them here")->required();

  auto& verifying = declare(app, "verify", "Compare keys with somebody, by 60 digits or a QR code",
                            "bisik verify bob --confirm");
  auto verify_options = run_with(verifying, line, verify);
  verifying.add_option("NAME", verify_options->name, "Whom")->required();
  auto* confirm = verifying.add_flag("--confirm", verify_options->confirm,
                                     "You compared, and the digits are the same");
  verifying.add_flag("--withdraw", verify_options->withdraw, "You are no longer sure")
      ->excludes(confirm);

  auto& trusting = declare(app, "trust", "Write to somebody again although their keys have changed",
                           "bisik trust bob");
  auto trust_options = run_with(trusting, line, trust);
  trusting.add_option("NAME", trust_options->name, "Whom")->required();

  auto& repairing = declare(app, "repair", "Begin anew with somebody whose messages do not open",
                            "bisik repair bob");
  auto repair_options = run_with(repairing, line, repair);
  repairing.add_option("NAME", repair_options->name, "Whom")->required();
}

void declare_strangers(CLI::App& app, CommandLine& line) {
  run_alone(declare(app, "requests", "List strangers who wrote to you; they hear nothing of it",
                    "bisik requests"),
            line, requests);

  auto& accepting =
      declare(app, "accept", "Make a stranger a contact, or follow a contact who moves",
              "bisik accept carol --name carol-from-work");
  auto accept_options = run_with(accepting, line, accept);
  accepting.add_option("NAME", accept_options->name, "Whom")->required();
  auto* new_name =
      accepting.add_option("--name", accept_options->new_name, "What to call them here");
  new_name->type_name("NAME");
  accepting
      .add_flag("--no", accept_options->refuse, "Stay with the key that you know of a contact")
      ->excludes(new_name);

  auto& removing = declare(
      app, "delete", "Delete a request, a contact with its history, or a message",
      "bisik delete mallory\n  bisik delete bob/7    on this device; not at the other side");
  auto remove_options = run_with(removing, line, remove);
  removing.add_option("NAME", remove_options->name, "Whom; or the id of a message")
      ->type_name("NAME|ID")
      ->required();
  auto* yes = removing.add_flag("--yes", remove_options->yes, "Also somebody who is a contact");
  removing
      .add_flag("--for-everyone", remove_options->for_everyone,
                "A message that you wrote: nobody shall see it any more")
      ->excludes(yes);

  auto& blocking = declare(app, "block", "Hear nothing more of somebody, who is not told",
                           "bisik block mallory");
  auto block_options = run_with(blocking, line, block);
  blocking.add_option("NAME", block_options->name, "Whom")->required();
  blocking.add_flag("--now", block_options->now,
                    "Your relay is told to refuse them now, not in 30 days");

  auto& unblocking = declare(app, "unblock", "Hear of somebody again", "bisik unblock mallory");
  auto unblock_options = run_with(unblocking, line, unblock);
  unblocking.add_option("NAME", unblock_options->name, "Whom")->required();
}

void declare_care(CLI::App& app, CommandLine& line) {
  run_alone(declare(app, "demo", "See two people talk over a relay of their own, without a network",
                    "bisik demo"),
            line, demo);
  run_alone(declare(app, "doctor", "Check profile, keys, relay and terminal", "bisik doctor"), line,
            doctor);
  run_alone(declare(app, "limits", "Show what the relay allows", "bisik limits"), line, limits);
  run_alone(declare(app, "version", "Show the version", "bisik version"), line, version);

  auto& completing =
      declare(app, "completion", "Print what a shell needs to complete command lines",
              "bisik completion bash >~/.local/share/bash-completion/completions/bisik");
  auto shell = std::make_shared<std::string>();
  completing.add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completing.callback([shell, &app, &line] {
    line.command = [script = completion_script(app, *shell)](Context& context) {
      context.out() << SafeText::text(script, 0) << "\n";
      context.out().flush();
      return ExitCode::done;
    };
  });
}

// What is wrong with the configuration: told after the line was parsed, so that help is there
// still.
std::optional<std::string> find_defaults(CLI::App& app, const std::optional<std::string>& named) {
  try {
    apply_defaults(app, named);
    return std::nullopt;
  } catch (const Problem& problem) {
    return problem.what();
  }
}

// `bisik help send` is `bisik send --help`.
std::vector<const char*> as_options(int argc, const char* const* argv) {
  std::vector<const char*> words{argv, argv + argc};
  if (argc < 2 || std::string_view{argv[1]} != "help") return words;
  words.erase(words.begin() + 1);
  words.push_back("--help");
  return words;
}

}  // namespace

std::variant<CommandLine, Answered> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app{kDescription, "bisik"};
  app.footer(kFooter);
  app.require_subcommand(0, 1);
  app.formatter(std::make_shared<Help>());  // and of every command below it
  declare_globals(app, line.globals);
  declare_account(app, line);
  declare_devices(app, line);
  declare_backup(app, line);
  declare_moving(app, line);
  declare_people(app, line);
  declare_strangers(app, line);
  declare_writing(app, line);
  declare_amending(app, line);
  declare_reading(app, line);
  declare_bots(app, line);
  declare_care(app, line);
  try {
    const auto mistake = find_defaults(app, config_named_in(argc, argv));
    const auto words = as_options(argc, argv);
    app.parse(static_cast<int>(words.size()), words.data());
    if (mistake) return Answered{ExitCode::user, *mistake};
    if (const auto empty = empty_option(app)) return Answered{ExitCode::user, *empty};
  } catch (const CLI::CallForVersion&) {
    return Answered{ExitCode::done, app.version()};
  } catch (const CLI::CallForHelp&) {
    hide_variables(app);
    return Answered{ExitCode::done, help_of(app)};
  } catch (const CLI::ParseError& error) {
    return Answered{ExitCode::user, sentence_of(app, error)};
  }
  if (!line.command) {
    line.command = [help = app.help()](Context& context) { return welcome(context, help); };
  }
  return line;
}

}  // namespace bisik::client
