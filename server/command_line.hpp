// The command line as it was typed; which settings may stand in it comes from their table
// (server/settings.hpp).
#pragma once

#include <variant>

#include "server/bench/options.hpp"
#include "server/commands.hpp"

namespace bisik::server {

struct CommandLine {
  enum class Command { up, check, config, invite, limits, stats, bench, version };
  Command command;
  Wishes wishes;
  Output output = Output::words;
  ConfigText config_text = ConfigText::example;  // config
  InviteTerms terms;                             // invite
  bench::Options bench;                          // bench
};

// Help was asked for, and has been given.
struct Answered {};

// Throws Problem where there is a mistake in it.
[[nodiscard]] std::variant<CommandLine, Answered> parse_command_line(int argc, char** argv);

}  // namespace bisik::server
