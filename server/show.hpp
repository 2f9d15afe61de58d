// Tables for an operator: aligned on a terminal or in a log, one JSON object for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bisik::server {

struct ShownRow {
  std::string name;
  std::uint64_t value;
  std::string unit;
  std::string words;
};

[[nodiscard]] std::string as_table(const std::vector<ShownRow>& rows);
// {"NAME": {"value": …, "unit": …, WORDS: …}, …}; `words` is what the words are called.
[[nodiscard]] std::string as_json(const std::vector<ShownRow>& rows, const std::string& words);

}  // namespace bisik::server
