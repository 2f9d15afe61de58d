// X25519 (RFC 7748) with every check that a handshake needs.
#pragma once

#include "crypto/error.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

using DhSecretKey = Secret<struct DhSecretKeyTag, 32>;
using SharedSecret = Secret<struct SharedSecretTag, 32>;

struct DhPublicKey {
  static constexpr std::size_t kSize = 32;
  ByteArray<kSize> bytes;

  // malformed: not 32 bytes. non_canonical_key: bit 255 set, or u >= 2^255 - 19; an honest peer
  // never sends those, and accepting them would give one key two encodings.
  [[nodiscard]] static Result<DhPublicKey> parse(ByteView encoded);

  friend bool operator==(const DhPublicKey&, const DhPublicKey&) = default;
  friend auto operator<=>(const DhPublicKey&, const DhPublicKey&) = default;
};

struct DhKeyPair {
  DhSecretKey secret_key;
  DhPublicKey public_key;

  [[nodiscard]] static DhKeyPair from(DhSecretKey secret_key);
  [[nodiscard]] static DhKeyPair generate() { return from(DhSecretKey::random()); }
  [[nodiscard]] DhKeyPair duplicate() const { return {secret_key.duplicate(), public_key}; }
};

// non_contributory_key: the peer's key is a low-order point, so the secret would be all zero.
[[nodiscard]] Result<SharedSecret> agree(const DhSecretKey& ours, const DhPublicKey& theirs);

// False for a low-order point, with which no key of ours agrees: for keys that are stored now and
// used where nothing may fail any more.
[[nodiscard]] bool is_contributory(const DhPublicKey& theirs);

}  // namespace bisik::crypto
