// The program bisik-relay: reads the command line, and says in one sentence what went wrong.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "server/bench/bench.hpp"
#include "server/command_line.hpp"
#include "server/hardening.hpp"

namespace bisik::server {
namespace {

using Command = CommandLine::Command;

void start_log(const std::string& level) {
  ::tzset();  // reads a file that the sandbox puts out of reach
  auto log = spdlog::stderr_logger_st("relay");
  log->set_pattern("%Y-%m-%d %H:%M:%S %l: %v");
  log->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(log));
}

void say_version(Output output) {
  if (output == Output::words) {
    std::puts("bisik-relay " BISIK_VERSION);
  } else {
    const nlohmann::json object{{"program", "bisik-relay"}, {"version", BISIK_VERSION}};
    std::printf("%s\n", object.dump().c_str());
  }
}

Exit run(const CommandLine& line) {
  if (line.command == Command::version) {
    say_version(line.output);
    return Exit::done;
  }
  if (line.command == Command::config) {
    run_config(line.config_text);
    return Exit::done;
  }
  if (line.command == Command::bench) {
    bench::run_bench(line.bench);
    return Exit::done;
  }
  const auto configured = configure(line.wishes);
  if (line.command == Command::check) return run_check(configured, line.output);
  require_no_faults(configured);
  start_log(configured.config.log_level);
  if (line.command == Command::up) run_up(configured, line.output);
  if (line.command == Command::invite) run_invite(configured.config, line.terms, line.output);
  if (line.command == Command::limits) run_limits(configured.config, line.output);
  if (line.command == Command::stats) run_stats(configured.config, line.output);
  return Exit::done;
}

Exit parse_and_run(int argc, char** argv) {
  harden_process();
  const auto parsed = parse_command_line(argc, argv);
  const auto* line = std::get_if<CommandLine>(&parsed);
  return line == nullptr ? Exit::done : run(*line);
}

// Also of a line that has a mistake in it.
Output output_of(std::span<char*> words) {
  const auto asks_for_json = [](std::string_view word) { return word == "--json"; };
  return std::ranges::any_of(words, asks_for_json) ? Output::json : Output::words;
}

Exit tell(const Problem& problem, Output output) {
  if (output == Output::words) {
    std::fprintf(stderr, "bisik-relay: %s\n", problem.what());
  } else {
    const nlohmann::json error{{"code", static_cast<int>(problem.code())},
                               {"message", problem.what()}};
    const auto text = nlohmann::json{{"error", error}}.dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  return problem.code();
}

Problem problem_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Problem& problem) {
    return problem;
  } catch (const storage::StorageError& storage) {
    return to_problem(storage);
  } catch (const std::exception& other) {
    return {Exit::unexpected, std::string{"Something unexpected happened: "} + other.what() + "."};
  }
}

Exit run_and_tell(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (...) {
    return tell(problem_of(std::current_exception()),
                output_of({argv, static_cast<std::size_t>(argc)}));
  }
}

}  // namespace
}  // namespace bisik::server

int main(int argc, char** argv) {
  return static_cast<int>(bisik::server::run_and_tell(argc, argv));
}
