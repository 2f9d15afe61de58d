#include "tests/layering/cmake_text.hpp"

#include <algorithm>
#include <cctype>

#include "tests/layering/source_text.hpp"

namespace bisik::layering {
namespace {

std::string without_comments(std::string_view text) {
  std::string out{text};
  bool comment = false, quoted = false;
  for (auto& c : out) {
    if (c == '\n') comment = false;
    if (c == '"' && !comment) quoted = !quoted;
    if (c == '#' && !quoted) comment = true;
    if (comment) c = ' ';
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == '"') continue;
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::size_t closing(std::string_view text, std::size_t open) {
  int depth = 0;
  for (auto at = open; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return at;
  }
  return text.size();
}

}  // namespace

std::vector<CMakeCommand> cmake_commands(std::string_view source) {
  std::vector<CMakeCommand> commands;
  const auto storage = without_comments(source);
  const std::string_view text = storage;
  for (auto open = text.find('('); open != std::string_view::npos;) {
    auto begin = open;
    while (begin > 0 && is_identifier(text[begin - 1])) --begin;
    std::string name{text.substr(begin, open - begin)};
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto close = closing(text, open);
    commands.push_back(
        {std::move(name), split(text.substr(open + 1, close - open - 1)), line_at(text, begin)});
    open = text.find('(', close);
  }
  return commands;
}

}  // namespace bisik::layering
