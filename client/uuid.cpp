#include "client/uuid.hpp"

#include <algorithm>
#include <cassert>

namespace bisik::client {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kTextBytes = 36;

constexpr bool dash_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

std::optional<std::uint8_t> digit(char c) {
  const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto at = kDigits.find(lower);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

}  // namespace

Uuid uuid_of(std::span<const std::uint8_t> account) {
  Uuid uuid{};
  assert(account.size() >= uuid.size());
  std::ranges::copy(account.first(uuid.size()), uuid.begin());
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x80);  // version 8
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);  // the variant of RFC 9562
  return uuid;
}

std::string uuid_text(const Uuid& uuid) {
  std::string text;
  text.reserve(kTextBytes);
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (dash_before(i)) text += '-';
    text += kDigits[uuid[i] >> 4];
    text += kDigits[uuid[i] & 0x0f];
  }
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kTextBytes) return std::nullopt;
  Uuid uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (dash_before(i)) {
      if (text.front() != '-') return std::nullopt;
      text.remove_prefix(1);
    }
    const auto high = digit(text[0]);
    const auto low = digit(text[1]);
    if (!high || !low) return std::nullopt;
    uuid[i] = static_cast<std::uint8_t>(*high << 4 | *low);
    text.remove_prefix(2);
  }
  return uuid;
}

}  // namespace bisik::client
