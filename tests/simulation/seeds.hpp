// What the tests over many seeds share: which seeds, from the environment, and how violations read.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace bisik::simulation {

// They are dealt out to so many tests, which may run beside each other.
inline constexpr std::uint64_t kHands = 10;

[[nodiscard]] inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

[[nodiscard]] inline std::string join_lines(const std::vector<std::string>& lines) {
  std::string all;
  for (const auto& line : lines) all += "\n  " + line;
  return all;
}

}  // namespace bisik::simulation
