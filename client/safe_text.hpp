// The only way bytes of others reach a terminal, a pipe or a log. A peer's message may contain
// escape sequences, text that runs backwards, or a thousand accents on one letter; what is shown
// may change only the cells of its own message (docs/threat-model.md, I11).
//
// A SafeText is made by cleaning, or from a literal of this program; client/output takes nothing
// else. JSON is not shown and keeps the true text: it is escaped to ASCII instead.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace bisik::client {

// Text that is in this program's source. (A consteval constructor would say more, but clang 14
// crashes over one in a conditional expression.)
class Literal {
 public:
  template <std::size_t N>
  constexpr Literal(const char (&text)[N]) : text_{text, N - 1} {}  // NOLINT: "..." may convert
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

class SafeText {
 public:
  SafeText() = default;
  SafeText(Literal literal) : text_{literal.text()} {}  // NOLINT: as above

  // One line. Ends of lines are shown as U+23CE, every other space as one column.
  [[nodiscard]] static SafeText line(std::string_view untrusted);
  // Several lines; every one after the first begins with `indent` spaces, so that none can pretend
  // to be a line of ours. Empty lines at the end are dropped.
  [[nodiscard]] static SafeText text(std::string_view untrusted, std::size_t indent);
  [[nodiscard]] static SafeText number(std::integral auto value) {
    return SafeText{Clean{std::to_string(value)}};
  }

  SafeText& operator+=(const SafeText& other) {
    text_ += other.text_;
    return *this;
  }
  [[nodiscard]] friend SafeText operator+(SafeText left, const SafeText& right) {
    return left += right;
  }
  [[nodiscard]] friend SafeText operator+(SafeText left, Literal right) { return left += right; }

  // At most so many columns; what was cut is shown as U+2026. For one line.
  [[nodiscard]] SafeText cut(std::size_t columns) const;
  // Spaces behind until it has so many columns. For one line.
  [[nodiscard]] SafeText padded(std::size_t columns) const;
  [[nodiscard]] std::size_t columns() const;

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] std::string_view view() const noexcept { return text_; }

  friend auto operator<=>(const SafeText&, const SafeText&) = default;

 private:
  struct Clean {  // no std::string converts to this by accident
    std::string text;
  };
  explicit SafeText(Clean clean) : text_{std::move(clean.text)} {}

  std::string text_;
};

}  // namespace bisik::client
