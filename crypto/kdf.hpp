// HKDF-SHA256 (RFC 5869) and HMAC-SHA256 (RFC 2104).
// Written here because Debian 12 ships libsodium 1.0.18, which has HMAC but no HKDF.
#pragma once

#include <tuple>

#include "crypto/labels.hpp"
#include "crypto/secret.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

// Fills `out` completely; out.size() must not exceed 255 * 32 bytes.
void hkdf_sha256(ByteView input_key, ByteView salt, ByteView info, MutableBytes out);

void hmac_sha256(ByteView key, ByteView data, std::span<std::uint8_t, 32> out);

// One HKDF output, cut in order into the keys it was derived for.
template <class... Keys>
[[nodiscard]] std::tuple<Keys...> derive_keys(ByteView salt, const SecretBuffer& input_key,
                                              ByteView info) {
  SecretBuffer block((Keys::kSize + ...));
  hkdf_sha256(input_key.expose(), salt, info, block.expose_mutable());
  SecretReader reader{block};
  return std::tuple<Keys...>{reader.take_secret<Keys>()...};  // braces: left to right
}

template <class... Keys>
[[nodiscard]] std::tuple<Keys...> derive_keys(ByteView salt, const SecretBuffer& input_key,
                                              Label info) {
  return derive_keys<Keys...>(salt, input_key, info.bytes());
}

// The salt is a key: the root step of the ratchet, the chaining key of Noise.
template <class... Keys, class Tag, std::size_t N>
[[nodiscard]] std::tuple<Keys...> derive_keys(const Secret<Tag, N>& salt,
                                              const SecretBuffer& input_key, ByteView info) {
  return derive_keys<Keys...>(ByteView{salt.expose()}, input_key, info);
}

}  // namespace bisik::crypto
