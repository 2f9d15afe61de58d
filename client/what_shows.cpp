#include "client/what_shows.hpp"

#include "client/codepoint.hpp"

namespace bisik::client {
namespace {

bool shows(char32_t c) {
  const bool ascii_control = c < U' ';  // tabs, ends of lines and what moves a printer's head
  const auto glyph = classify(c);
  return !ascii_control && glyph != Glyph::space && glyph != Glyph::newline &&
         glyph != Glyph::invisible;
}

bool is_letter(char32_t c) { return (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z'); }
bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

}  // namespace

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    if (shows(take_code_point(text))) return false;
  }
  return true;
}

bool is_one_emoji(std::string_view text) {
  if (text.empty()) return false;
  auto last = take_code_point(text);
  const bool digit_alone = is_digit(last) && text.empty();  // a keycap begins with one
  if (!shows(last) || classify(last) == Glyph::forbidden || is_letter(last) || digit_alone) {
    return false;
  }
  std::int32_t state = 0;
  while (!text.empty()) {
    const auto next = take_code_point(text);
    if (breaks_between(last, next, state)) return false;
    last = next;
  }
  return true;
}

}  // namespace bisik::client
