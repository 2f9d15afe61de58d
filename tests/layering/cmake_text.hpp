// Reading CMake as text: which command gets which words. Comments are dropped, quotes are taken
// off, variables stay as written. Nothing here fails.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bisik::layering {

struct CMakeCommand {
  std::string name;  // in lower case
  std::vector<std::string> words;
  std::size_t line;
};

std::vector<CMakeCommand> cmake_commands(std::string_view text);

}  // namespace bisik::layering
