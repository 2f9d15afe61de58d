#include "tests/layering/co_await.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "tests/layering/source_text.hpp"

namespace bisik::layering {
namespace {

constexpr auto kNone = std::string_view::npos;

struct Range {
  std::size_t begin, end;
};

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

std::size_t previous_visible(std::string_view code, std::size_t at) {
  while (at > 0) {
    if (!is_space(code[--at])) return at;
  }
  return kNone;
}

std::size_t next_visible(std::string_view code, std::size_t at) {
  while (at < code.size() && is_space(code[at])) ++at;
  return at < code.size() ? at : kNone;
}

// The identifier that ends just before `at`, or nothing.
std::string_view word_before(std::string_view code, std::size_t at) {
  const auto last = previous_visible(code, at);
  if (last == kNone) return {};
  auto begin = last + 1;
  while (begin > 0 && is_identifier(code[begin - 1])) --begin;
  return code.substr(begin, last + 1 - begin);
}

bool is_control(std::string_view word) {
  constexpr std::array<std::string_view, 5> kControl = {"if", "while", "for", "switch",
                                                        "constexpr"};
  return std::ranges::count(kControl, word) > 0;
}

// A brace that closes a lambda or an initialiser is followed by more of the same expression.
bool expression_goes_on(std::string_view code, std::size_t after_brace) {
  constexpr std::string_view kContinues = ",.()]|&?";
  const auto next = next_visible(code, after_brace);
  if (next == kNone || code.substr(next).starts_with("(void)")) return false;
  return kContinues.find(code[next]) != kNone;
}

std::size_t expression_begin(std::string_view code, std::size_t at) {
  int depth = 0;
  std::size_t after_last_bracket = 0;  // after what closed the outermost bracket we are inside
  for (; at > 0; --at) {
    const char c = code[at - 1];
    if (depth == 0) {
      if (c == ';' || c == '{') return at;
      if (c == '}' && !expression_goes_on(code, at)) return at;
      if (c == '(' && is_control(word_before(code, at - 1))) return at;
      after_last_bracket = at;
    }
    if (closes(c)) ++depth;
    if (opens(c) && depth > 0 && --depth == 0 && is_control(word_before(code, at - 1))) {
      return after_last_bracket;  // a condition is an expression of its own
    }
  }
  return 0;
}

// `begin` is where the expression begins: the bracket that closes what was open there ends it.
std::size_t expression_end(std::string_view code, std::size_t begin) {
  int depth = 0;
  for (auto at = begin; at < code.size(); ++at) {
    const char c = code[at];
    if (c == ';' && depth == 0) return at;
    if (opens(c)) ++depth;
    if (closes(c) && --depth < 0) return at;
  }
  return code.size();
}

std::size_t matching(std::string_view code, std::size_t open) {
  int depth = 0;
  for (auto at = open; at < code.size(); ++at) {
    if (opens(code[at])) ++depth;
    if (closes(code[at]) && --depth == 0) return at;
  }
  return kNone;
}

// After a value, a bracket is a subscript; after a keyword that takes an expression it is not.
bool can_begin_lambda(std::string_view code, std::size_t bracket) {
  const auto before = previous_visible(code, bracket);
  if (before == kNone) return true;
  if (code[before] == '[' || code[before] == ')' || code[before] == ']') return false;
  if (!is_identifier(code[before])) return true;
  const auto word = word_before(code, bracket);
  return word == "return" || word == "co_return" || word == "co_await" || word == "co_yield";
}

bool is_capturing_lambda(std::string_view code, std::size_t bracket) {
  if (code[bracket] != '[' || !can_begin_lambda(code, bracket)) return false;
  const auto close = matching(code, bracket);
  if (close == kNone) return false;
  const auto first = next_visible(code, bracket + 1);
  if (first == close || code[first] == '[') return false;  // [] captures nothing; [[is an attribute
  const auto next = next_visible(code, close + 1);
  if (next == kNone) return false;
  const auto rest = code.substr(next);
  return rest[0] == '(' || rest[0] == '{' || rest[0] == '<' || rest.starts_with("->") ||
         rest.starts_with("mutable") || rest.starts_with("noexcept");
}

}  // namespace

std::vector<std::size_t> capturing_lambdas_in_co_await(std::string_view code) {
  std::set<std::size_t> lines;
  for (const auto at : find_word(code, "co_await")) {
    const auto begin = expression_begin(code, at);
    const Range expression{begin, expression_end(code, begin)};
    for (auto i = expression.begin; i < expression.end; ++i) {
      if (is_capturing_lambda(code, i)) lines.insert(line_at(code, i));
    }
  }
  return {lines.begin(), lines.end()};
}

}  // namespace bisik::layering
