#include "client/codepoint.hpp"

#include <utf8proc.h>

#include <array>

namespace bisik::client {
namespace {

// Looks like nothing, though Unicode counts it among the symbols: a name could be made of it.
constexpr char32_t kBrailleBlank = U'\u2800';

bool is_line_end(char32_t c) noexcept {
  return c == U'\n' || c == U'\u0085' || c == U'\u2028' || c == U'\u2029';
}

}  // namespace

Glyph classify(char32_t code_point) noexcept {
  if (is_line_end(code_point)) return Glyph::newline;
  if (code_point == U'\t' || code_point == kBrailleBlank) return Glyph::space;
  const auto* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point));
  switch (property->category) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
      return Glyph::forbidden;
    case UTF8PROC_CATEGORY_CF:
      return Glyph::invisible;
    default:
      break;
  }
  if (property->ignorable) return Glyph::invisible;  // fillers, joiners, variation selectors
  switch (property->category) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_MC:
      return Glyph::mark;
    case UTF8PROC_CATEGORY_ZS:
      return Glyph::space;
    default:  // half of a Hangul syllable joins what stands before it, too
      return property->charwidth == 0 ? Glyph::mark : Glyph::visible;
  }
}

int columns_of(char32_t code_point) noexcept {
  return utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point));
}

bool breaks_between(char32_t before, char32_t after, std::int32_t& state) noexcept {
  return utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before),
                                          static_cast<utf8proc_int32_t>(after), &state) != 0;
}

char32_t take_code_point(std::string_view& text) noexcept {
  utf8proc_int32_t code_point = -1;
  const auto taken = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (taken <= 0 || code_point < 0) {
    text.remove_prefix(1);
    return kReplacement;
  }
  text.remove_prefix(static_cast<std::size_t>(taken));
  return static_cast<char32_t>(code_point);
}

void append_utf8(std::string& out, char32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

}  // namespace bisik::client
