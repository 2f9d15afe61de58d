// The program bisik-relay: reads the command line, and says in one sentence what went wrong.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "server/bench/bench.hpp"
#include "server/commands.hpp"
#include "server/data_directory.hpp"
#include "server/hardening.hpp"
#include "server/problem.hpp"

namespace bisik::server {
namespace {

void start_log(const std::string& level) {
  auto log = spdlog::stderr_logger_st("relay");
  log->set_pattern("%Y-%m-%d %H:%M:%S %l: %v");
  log->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(log));
}

void add_data_option(CLI::App& command, std::filesystem::path& data) {
  command.add_option("--data", data, "Directory of the relay's keys and database")
      ->type_name("DIR");
}

void add_up(CLI::App& program, UpOptions& options) {
  auto& up = *program.add_subcommand("up", "Serve, until SIGTERM or SIGINT");
  add_data_option(up, options.data);
  up.add_option("--listen", options.listen,
                "Where to listen (default: every address, port 7443); may be repeated")
      ->type_name("HOST:PORT");
  up.add_option("--advertise", options.advertise, "What links name, if it is another address")
      ->type_name("HOST:PORT");
  up.add_flag("--require-mlock", options.require_mlock,
              "Refuse to start where keys may be swapped out");
}

void add_invite(CLI::App& program, InviteOptions& options, std::string& expires) {
  auto& invite = *program.add_subcommand("invite", "Make a link that lets somebody register");
  add_data_option(invite, options.data);
  invite.add_option("--uses", options.terms.uses, "How many accounts may register with it")
      ->type_name("N");
  invite.add_option("--expires", expires, "When it ends: 90s, 30m, 24h, 7d")->type_name("TIME");
  invite.add_flag("--json", options.json, "One JSON object");
}

void add_bench(CLI::App& program, bench::Options& options) {
  auto& command = *program.add_subcommand("bench", "Measure a relay on this machine");
  command.add_option("steps", options.steps, "Which steps (default: all)")->type_name("STEP");
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
  command.add_flag("--json", options.json, "One JSON object");
}

int run(int argc, char** argv) {
  harden_process();
  CLI::App program{"bisik-relay: keeps sealed messages until their reader takes them away"};
  program.require_subcommand(1);
  std::string log_level = "info";
  program.add_option("--log-level", log_level, "On stderr: debug, info, warn, error, off")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
  program.fallthrough();
  UpOptions up;
  InviteOptions invite;
  std::string expires = "24h";
  add_up(program, up);
  bench::Options measured;
  measured.scratch = bench::default_scratch();
  add_invite(program, invite, expires);
  add_bench(program, measured);
  program.add_subcommand("version", "Which version this is");
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : static_cast<int>(Exit::user);
  }
  start_log(log_level);
  if (program.got_subcommand("version")) std::puts("bisik-relay " BISIK_VERSION);
  if (program.got_subcommand("up")) {
    if (up.data.empty()) up.data = default_data_directory();
    run_up(up);
  }
  if (program.got_subcommand("bench")) bench::run_bench(measured);
  if (program.got_subcommand("invite")) {
    if (invite.data.empty()) invite.data = default_data_directory();
    invite.terms.lifetime = parse_duration(expires);
    run_invite(invite);
  }
  return static_cast<int>(Exit::done);
}

int tell(const Problem& problem) {
  std::fprintf(stderr, "bisik-relay: %s\n", problem.what());
  return static_cast<int>(problem.code());
}

}  // namespace
}  // namespace bisik::server

int main(int argc, char** argv) {
  using namespace bisik;
  try {
    return server::run(argc, argv);
  } catch (const server::Problem& problem) {
    return server::tell(problem);
  } catch (const storage::StorageError& error) {
    return server::tell(server::to_problem(error));
  } catch (const std::exception& error) {
    return server::tell({server::Exit::unexpected,
                         std::string{"Something unexpected happened: "} + error.what() + "."});
  }
}
