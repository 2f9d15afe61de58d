// What a person types at a question.
#pragma once

#include <iostream>
#include <optional>
#include <string>

#include "client/signals.hpp"

namespace bisik::client {

// Nothing: the end of standard input. Throws Interrupted, which ends the command as a signal does.
[[nodiscard]] inline std::optional<std::string> read_typed_line() {
  std::string line;
  if (std::getline(std::cin, line)) return line;
  Signals::throw_if_interrupted();
  return std::nullopt;
}

}  // namespace bisik::client
