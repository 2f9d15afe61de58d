#include <algorithm>
#include <array>
#include <string_view>

#include "tests/layering/co_await.hpp"
#include "tests/layering/rules.hpp"
#include "tests/layering/source_text.hpp"

namespace bisik::layering {
namespace {

constexpr std::size_t kMaxFileLines = 400;  // what one sitting can hold
constexpr std::size_t kMaxColumns = 100;    // two files side by side
constexpr int kMaxFunctionLines = 60;       // one screen
constexpr int kUsualFunctionLines = 30;     // for 19 functions of 20
constexpr std::size_t kMinFunctionsToJudge = 100;

// Characters, not bytes: a continuation byte of UTF-8 takes no column.
std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string_view visible(std::string_view line) {
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
  return line;
}

// Written apart, so that this file keeps its own rule.
const std::array<std::string, 4> kLeftForLater = {
    "TO"
    "DO",
    "FIX"
    "ME",
    "X"
    "XX",
    "HA"
    "CK"};

struct Unwanted {
  std::string_view text, instead;
};
constexpr std::array kUnwanted = {
    Unwanted{"std::regex", "no std::regex: it recurses on what it reads"},
    Unwanted{"shared_from_this", "the coroutine frame owns: no shared_from_this"},
};

Violations words_in(const SourceFile& file) {
  Violations found;
  for (const auto& word : kLeftForLater) {
    for (const auto position : find_word(file.text, word)) {
      found.push_back(at(file, line_at(file.text, position)) + "finish it, or write an issue");
    }
  }
  if (!is_cpp(file)) return found;
  const auto code = code_only(file.text);
  for (const auto& [text, instead] : kUnwanted) {
    for (auto position = code.find(text); position != std::string::npos;
         position = code.find(text, position + 1)) {
      found.push_back(at(file, line_at(code, position)) + std::string{instead});
    }
  }
  for (auto position = code.find("DISABLED_"); position != std::string::npos;
       position = code.find("DISABLED_", position + 1)) {
    found.push_back(at(file, line_at(code, position)) + "a test that does not run is no test");
  }
  if (is_header(file) && code.find("using namespace") != std::string::npos) {
    found.push_back(file.path + ": no using namespace in a header");
  }
  return found;
}

}  // namespace

Violations too_long(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    const auto lines = lines_of(file.text);
    if (lines.size() > kMaxFileLines) {
      found.push_back(file.path + ": " + std::to_string(lines.size()) + " lines, at most " +
                      std::to_string(kMaxFileLines) + ": give one of its ideas a file of its own");
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (columns(lines[i]) <= kMaxColumns) continue;
      found.push_back(at(file, i + 1) + std::to_string(columns(lines[i])) + " columns, at most " +
                      std::to_string(kMaxColumns));
    }
  }
  return found;
}

Violations functions_too_long(const std::vector<Function>& functions) {
  Violations found;
  std::size_t beyond_usual = 0;
  for (const auto& function : functions) {
    if (function.lines() > kUsualFunctionLines) ++beyond_usual;
    if (function.lines() <= kMaxFunctionLines) continue;
    found.push_back(function.path + ":" + std::to_string(function.first_line) + ": " +
                    function.name + " has " + std::to_string(function.lines()) +
                    " lines, at most " + std::to_string(kMaxFunctionLines));
  }
  if (functions.size() >= kMinFunctionsToJudge && beyond_usual * 20 > functions.size()) {
    found.push_back(std::to_string(beyond_usual) + " of " + std::to_string(functions.size()) +
                    " functions are longer than " + std::to_string(kUsualFunctionLines) +
                    " lines: more than one in twenty");
  }
  return found;
}

Violations headers_without_paragraph(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    if (!is_header(file)) continue;
    const auto lines = lines_of(file.text);
    if (lines.empty() || !visible(lines[0]).starts_with("//")) {
      found.push_back(file.path + ":1: begin with a paragraph: what this is, what can fail");
    }
    if (std::ranges::count(lines, "#pragma once") != 1) {
      found.push_back(file.path + ": #pragma once, once");
    }
  }
  return found;
}

Violations unfinished_or_unwanted_words(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    const auto some = words_in(file);
    found.insert(found.end(), some.begin(), some.end());
  }
  return found;
}

Violations lambdas_in_co_await(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    if (!is_cpp(file)) continue;
    for (const auto line : capturing_lambdas_in_co_await(code_only(file.text))) {
      found.push_back(at(file, line) +
                      "name this lambda before the co_await: g++ 12 destroys its "
                      "captures twice");
    }
  }
  return found;
}

}  // namespace bisik::layering
