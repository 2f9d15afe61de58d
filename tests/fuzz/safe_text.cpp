// What is shown of anything is harmless, cleaning it again changes nothing, and a cut keeps its
// width.
#include "client/safe_text.hpp"

#include <cassert>

#include "client/codepoint.hpp"
#include "client/name.hpp"

namespace {

using namespace bisik::client;

void check(std::string_view shown, bool lines) {
  while (!shown.empty()) {
    const auto c = take_code_point(shown);
    const auto glyph = classify(c);
    assert(glyph == Glyph::visible || glyph == Glyph::mark || c == U' ' || (lines && c == U'\n'));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view untrusted{reinterpret_cast<const char*>(data), size};
  const auto line = SafeText::line(untrusted);
  check(line.view(), false);
  assert(SafeText::line(line.view()) == line);
  check(SafeText::text(untrusted, 3).view(), true);
  const auto columns = size % 40;
  assert(line.cut(columns).columns() <= columns);
  assert(line.padded(columns).columns() >= columns);

  const auto name = clean_name(untrusted);
  check(name, false);
  assert(name.size() <= kMaxNameBytes && clean_name(name) == name);
  assert(name.find('/') == std::string::npos);
  return 0;
}
