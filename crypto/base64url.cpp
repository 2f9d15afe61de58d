#include "crypto/base64url.hpp"

#include <sodium.h>

namespace bisik::crypto {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

std::string to_base64url(ByteView bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // its terminating zero
  return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
  Bytes bytes(text.size() * 3 / 4);
  if (text.empty()) return bytes;
  if (bytes.empty()) return std::nullopt;  // sodium's arguments must not be null
  std::size_t size = 0;
  const char* end = nullptr;
  const int status = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(),
                                       nullptr, &size, &end, kVariant);
  if (status != 0 || end != text.data() + text.size() || size != bytes.size()) return std::nullopt;
  return bytes;
}

}  // namespace bisik::crypto
