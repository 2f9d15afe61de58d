#include "tests/layering/source_text.hpp"

#include <algorithm>
#include <cctype>

namespace bisik::layering {
namespace {

// Walks the source once; each skip_ function starts at what it skips and returns what is after it.
class Blanker {
 public:
  explicit Blanker(std::string_view source) : source_{source}, out_{source} {}

  std::string run() {
    std::size_t at = 0;
    while (at < source_.size()) at = step(at);
    return std::move(out_);
  }

 private:
  std::size_t step(std::size_t at) {
    if (starts(at, "//")) return blank(at, end_of_line(at));
    if (starts(at, "/*")) return blank(at, after(source_.find("*/", at + 2), 2));
    if (source_[at] == '"') return is_raw(at) ? skip_raw(at) : skip_quoted(at);
    if (source_[at] == '\'' && !is_digit_separator(at)) return skip_quoted(at);
    return at + 1;
  }

  [[nodiscard]] bool starts(std::size_t at, std::string_view what) const {
    return source_.substr(at).starts_with(what);
  }

  [[nodiscard]] std::size_t after(std::size_t found, std::size_t length) const {
    return found == std::string_view::npos ? source_.size() : found + length;
  }

  // A backslash at its end makes a comment go on.
  [[nodiscard]] std::size_t end_of_line(std::size_t at) const {
    auto end = after(source_.find('\n', at), 0);
    while (end < source_.size() && source_[end - 1] == '\\') {
      end = after(source_.find('\n', end + 1), 0);
    }
    return end;
  }

  [[nodiscard]] std::size_t word_begin(std::size_t at) const {
    while (at > 0 && is_identifier(source_[at - 1])) --at;
    return at;
  }

  // 1'000 but not u8'x'.
  [[nodiscard]] bool is_digit_separator(std::size_t at) const {
    const auto begin = word_begin(at);
    return begin < at && std::isdigit(static_cast<unsigned char>(source_[begin])) != 0;
  }

  [[nodiscard]] bool is_raw(std::size_t at) const {
    const auto prefix = source_.substr(word_begin(at), at - word_begin(at));
    return prefix == "R" || prefix == "u8R" || prefix == "uR" || prefix == "UR" || prefix == "LR";
  }

  std::size_t skip_raw(std::size_t at) {
    const auto open = source_.find('(', at);
    if (open == std::string_view::npos) return source_.size();
    const auto close = ")" + std::string{source_.substr(at + 1, open - at - 1)} + "\"";
    const auto end = after(source_.find(close, open), close.size() - 1);
    blank(at + 1, end);
    return std::min(end + 1, source_.size());
  }

  std::size_t skip_quoted(std::size_t at) {
    auto end = at + 1;
    while (end < source_.size() && source_[end] != source_[at]) end += source_[end] == '\\' ? 2 : 1;
    end = std::min(end, source_.size());
    blank(at + 1, end);
    return std::min(end + 1, source_.size());
  }

  std::size_t blank(std::size_t begin, std::size_t end) {
    for (auto at = begin; at < end; ++at) {
      if (out_[at] != '\n') out_[at] = ' ';
    }
    return end;
  }

  std::string_view source_;
  std::string out_;
};

}  // namespace

std::string code_only(std::string_view source) { return Blanker{source}.run(); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    lines.push_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, position), '\n'));
}

std::vector<std::size_t> find_word(std::string_view text, std::string_view word) {
  std::vector<std::size_t> found;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool whole = (at == 0 || !is_identifier(text[at - 1])) &&
                       (end == text.size() || !is_identifier(text[end]));
    if (whole) found.push_back(at);
  }
  return found;
}

bool is_identifier(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace bisik::layering
