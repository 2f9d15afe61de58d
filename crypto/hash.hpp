// Hashes of public byte strings.
#pragma once

#include <sodium.h>

#include "crypto/bytes.hpp"
#include "crypto/labels.hpp"

namespace bisik::crypto {

using Hash = ByteArray<32>;

// SHA-256 (FIPS 180-4) over one byte string.
[[nodiscard]] Hash sha256(ByteView data);
[[nodiscard]] Hash sha256(ByteView head, ByteView body);  // of head || body

// BLAKE2b with 32 bytes (RFC 7693), without a key. For what one program compares with itself and
// nobody else ever sees: several times as fast as libsodium's SHA-256.
[[nodiscard]] Hash blake2b(ByteView data);

// SHA-256(label || 0x00 || part || part ...). Parts are concatenated as they are, so all but the
// last must have a fixed width or carry their length.
class LabelledHash {
 public:
  explicit LabelledHash(Label label);
  LabelledHash& update(ByteView part);
  [[nodiscard]] Hash finish();

 private:
  crypto_hash_sha256_state state_;
};

}  // namespace bisik::crypto
