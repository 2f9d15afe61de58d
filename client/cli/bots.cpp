// The part of the table of commands that is for programs.
#include "client/cli/declare.hpp"
#include "client/cli/ranges.hpp"
#include "client/hook/limits.hpp"

namespace bisik::client {
namespace {

void add_receive_mode(CLI::App& command, std::string& mode) {
  command
      .add_option("--receive-mode", mode,
                  "When bots are handed messages: on-start, on-connection, or manual")
      ->check(CLI::IsMember({"on-start", "on-connection", "manual"}))
      ->type_name("MODE");
}

void add_link(CLI::App& command, std::string& relay) {
  command
      .add_option(
          "--link", relay,
          "Where there is no profile yet, make one, which a bot links to an account at this "
          "relay: startLink")
      ->type_name("RELAY");
}

void declare_hooks(CLI::App& serving, DaemonOptions& options) {
  serving
      .add_option("--exec", options.exec,
                  "Start this program for each message, with the message as JSON on its standard "
                  "input: exit 0 acknowledges it")
      ->type_name("PROGRAM");
  takes_words(*serving.add_option(
                  "ARGUMENT", options.exec_words,
                  "What the program is started with; behind -- where one begins with a dash"))
      .type_name("");
  serving
      .add_option("--webhook", options.webhook,
                  "POST each message as JSON to this address, signed: 2xx acknowledges it")
      ->type_name("URL");
  serving
      .add_option("--webhook-secret", options.webhook_secret,
                  "Where the secret is that signs, or is put: else webhook.secret in the profile's "
                  "folder")
      ->type_name("FILE");
  serving
      .add_option("--webhook-ca", options.webhook_ca,
                  "The certificates that an https:// address is believed by; else the system's")
      ->type_name("FILE");
  serving
      .add_option("--consumer", options.consumer,
                  "The name under which messages are acknowledged; else exec, or webhook")
      ->type_name("NAME");
  serving.add_option("--parallel", options.parallel, "Messages at once, of different people")
      ->check(number_from(std::size_t{1}, kMaxParallel))
      ->type_name("N");
  serving
      .add_option("--hook-timeout", options.takes, "What one message may take, before it is ended")
      ->check(number_from(0.1, 86'400.0))
      ->type_name("S");
}

void declare_following(CLI::App& app, CommandLine& line) {
  auto& listing = declare(app, "consumers", "List those who receive under a name of their own",
                          "bisik consumers");
  listing.require_subcommand(0, 1);
  listing.callback([&listing, &line] {  // runs after that of `remove`
    if (listing.get_subcommands().empty()) line.command = consumers;
  });
  auto& removing = declare(listing, "remove", "Forget one, and what it has not acknowledged",
                           "bisik consumers remove backup");
  auto options = run_with(removing, line, remove_consumer);
  removing.add_option("NAME", options->name, "Which")->required();

  auto& tracing =
      declare(app, "trace", "Show what became of a message, and when", "bisik trace bob/7");
  auto trace_options = run_with(tracing, line, trace);
  tracing.add_option("ID", trace_options->id, "The message")->required();
}

}  // namespace

void declare_bots(CLI::App& app, CommandLine& line) {
  declare_following(app, line);
  auto& serving = declare(app, "daemon", "Keep profiles open for commands and bots, until ended",
                          "bisik daemon --socket\n  bisik daemon -a alice -a helper --socket\n"
                          "  systemctl --user enable --now bisik@default");
  auto daemon_options = run_with(serving, line, daemon);
  serving.add_flag("--all", daemon_options->all,
                   "Every profile that has a name; else those that --profile or -a names, each "
                   "time that it stands there");
  serving
      .add_option("--socket", daemon_options->socket,
                  "Serve JSON-RPC to bots of this user at a Unix socket; without PATH rpc.sock in "
                  "the profile's folder")
      ->expected(0, 1)
      ->type_name("[PATH]");
  serving
      .add_option("--tcp", daemon_options->tcp,
                  "The same over TCP, after a line with the token; without ADDRESS 127.0.0.1:7583")
      ->expected(0, 1)
      ->type_name("[ADDRESS]");
  serving
      .add_option("--http", daemon_options->http,
                  "The same over HTTP, with a bearer token; without ADDRESS 127.0.0.1:8080")
      ->expected(0, 1)
      ->type_name("[ADDRESS]");
  auto* file = serving.add_option("--token-file", daemon_options->token_file,
                                  "Where the token is, or is put: else rpc.token in the profile's "
                                  "folder");
  file->type_name("FILE");
  serving
      .add_flag("--no-token", daemon_options->no_token,
                "Serve every user of this machine, and no other machine")
      ->excludes(file);
  add_receive_mode(serving, daemon_options->receive_mode);
  add_link(serving, daemon_options->link);
  declare_hooks(serving, *daemon_options);

  auto& speaking =
      declare(app, "jsonRpc", "Speak JSON-RPC with a bot over standard input and output",
              "bisik -a default jsonRpc");
  auto rpc_options = run_with(speaking, line, json_rpc);
  add_receive_mode(speaking, rpc_options->receive_mode);
  add_link(speaking, rpc_options->link);
  speaking
      .add_option("--describe", rpc_options->describe,
                  "Print the methods, as an OpenRPC document or as markdown, and end")
      ->expected(0, 1)
      ->check(CLI::IsMember({"openrpc", "markdown", ""}))
      ->type_name("[FORM]");
}

}  // namespace bisik::client
