#include "crypto/hex.hpp"

#include <sodium.h>

namespace bisik::crypto {

std::string to_hex(ByteView bytes) {
  std::string text(2 * bytes.size() + 1, '\0');  // libsodium ends it with a zero
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  Bytes bytes(text.size() / 2);
  if (text.empty()) return bytes;  // libsodium wants no null pointer
  const int status = sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr,
                                    nullptr, nullptr);
  if (text.size() % 2 != 0 || status != 0) return std::nullopt;
  return bytes;
}

}  // namespace bisik::crypto
