#include "proto/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace bisik::proto {
namespace {

struct Lead {
  std::size_t length;            // of the whole sequence; 0: no sequence begins so
  std::uint8_t lowest, highest;  // what the second byte may be
};

Lead classify(std::uint8_t byte) noexcept {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xc2) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};  // below: overlong
  if (byte == 0xed) return {3, 0x80, 0x9f};  // above: surrogates
  if (byte < 0xf0) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};  // below: overlong
  if (byte < 0xf4) return {4, 0x80, 0xbf};
  if (byte == 0xf4) return {4, 0x80, 0x8f};  // above: past U+10FFFF
  return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = classify(at(i));
    if (lead.length == 0 || lead.length > text.size() - i) return false;
    if (lead.length > 1 && (at(i + 1) < lead.lowest || at(i + 1) > lead.highest)) return false;
    for (std::size_t j = 2; j < lead.length; ++j) {
      if ((at(i + j) & 0xc0U) != 0x80) return false;
    }
    i += lead.length;
  }
  return true;
}

}  // namespace bisik::proto
