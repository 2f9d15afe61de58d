// The command line: every command with its options, descriptions and an example.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "client/cli/commands.hpp"

namespace bisik::client {

using Command = std::function<ExitCode(Context&)>;

struct CommandLine {
  Globals globals;
  Command command;  // what was typed
};
// What there is to print instead of running anything: --help, or what is wrong with the line.
struct Answered {
  ExitCode code;
  std::string text;
};
[[nodiscard]] std::variant<CommandLine, Answered> parse_command_line(int argc,
                                                                     const char* const* argv);

}  // namespace bisik::client
