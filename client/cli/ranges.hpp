// What a number in the line may be, in words for a person.
#pragma once

#include <CLI/CLI.hpp>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>

namespace bisik::client {

// Without a description of its own: completions and help show what the option says.
template <class Number>
[[nodiscard]] CLI::Validator number_from(Number lowest, Number highest) {
  const auto says = [lowest, highest](const std::string& typed) -> std::string {
    Number number{};
    const bool wraps = std::is_unsigned_v<Number> && typed.starts_with('-');  // -1 is the last one
    if (!wraps && CLI::detail::lexical_cast(typed, number) && number >= lowest &&
        number <= highest) {
      return {};
    }
    std::ostringstream sentence;
    sentence.precision(std::numeric_limits<double>::digits10);
    sentence << typed << " is no " << (std::is_integral_v<Number> ? "whole " : "") << "number from "
             << lowest;
    // What fills the type is a bound of the program's, and nobody's to keep to.
    if (highest != std::numeric_limits<Number>::max()) {
      sentence << " to " << highest;
    } else {
      sentence << " on";
    }
    return sentence.str();
  };
  return {says, "", ""};
}

}  // namespace bisik::client
