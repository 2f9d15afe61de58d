#include "client/name.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "client/codepoint.hpp"
#include "client/limits.hpp"

namespace bisik::client {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const noexcept { std::free(bytes); }
};

std::string map(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                 static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, Free> owned{mapped};
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc{};
  if (size < 0) return {};  // malformed UTF-8
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
}

std::string visible_characters(std::string_view name) {
  std::string out;
  bool space = false;  // one is due before the next character
  while (!name.empty()) {
    const auto c = take_code_point(name);
    const auto glyph = c == U'/' ? Glyph::space : classify(c);
    if (glyph == Glyph::space || glyph == Glyph::newline) space = !out.empty();
    if (glyph == Glyph::mark && (space || out.empty())) continue;  // without a character
    if (glyph != Glyph::mark && glyph != Glyph::visible) continue;
    if (c == kReplacement || (c == U'-' && out.empty())) continue;
    if (std::exchange(space, false)) out += ' ';
    append_utf8(out, c);
  }
  return out;
}

std::string few_marks(std::string_view name) {
  std::string out;
  int marks = 0;  // of the character before
  while (!name.empty()) {
    const auto c = take_code_point(name);
    marks = classify(c) == Glyph::mark ? marks + 1 : 0;
    if (marks <= kMaxMarks) append_utf8(out, c);
  }
  return out;
}

void cut(std::string& name) {
  if (name.size() <= kMaxNameBytes) return;
  std::size_t end = 0;  // of the last whole character with its marks
  for (std::string_view rest = name; !rest.empty();) {
    const auto at = name.size() - rest.size();
    if (classify(take_code_point(rest)) != Glyph::mark) end = at;
    if (name.size() - rest.size() > kMaxNameBytes) break;
  }
  name.resize(end);
  if (name.ends_with(' ')) name.pop_back();
}

}  // namespace

std::string clean_name(std::string_view name) {
  // NFC may join characters into others, or one mark into two: hence in this order. What begins a
  // composed text and ends between characters, or after a mark, is composed too.
  auto out = few_marks(map(visible_characters(name), UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  cut(out);
  return out;
}

std::string fold_name(std::string_view name) {
  return map(name, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                       UTF8PROC_IGNORE);
}

}  // namespace bisik::client
