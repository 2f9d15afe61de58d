// What one Unicode code point may do on a terminal. The table behind every decision about text of
// others: client/safe_text for what is shown, client/name for what people are called.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bisik::client {

inline constexpr char32_t kReplacement = U'\uFFFD';

enum class Glyph {
  visible,    // one or two columns
  mark,       // joins the character before it, no column of its own
  space,      // any space that is not ASCII's included
  newline,    // line and paragraph separators included
  invisible,  // zero-width, bidi controls, tags, selectors: shows nothing and changes what is shown
  forbidden,  // control, escape, private use, unassigned, surrogate: shown as U+FFFD
};

[[nodiscard]] Glyph classify(char32_t code_point) noexcept;

// Columns on a terminal: 0, 1 or 2.
[[nodiscard]] int columns_of(char32_t code_point) noexcept;

// Whether people count two neighbours as two characters (grapheme clusters). `state`: 0 before the
// first pair of a text, then what it has become.
[[nodiscard]] bool breaks_between(char32_t before, char32_t after, std::int32_t& state) noexcept;

// Takes the next code point off `text`, which must not be empty. Malformed UTF-8 (overlong forms,
// surrogates, truncation) gives U+FFFD and takes one byte.
[[nodiscard]] char32_t take_code_point(std::string_view& text) noexcept;

void append_utf8(std::string& out, char32_t code_point);

}  // namespace bisik::client
