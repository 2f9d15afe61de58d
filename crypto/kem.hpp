// The key encapsulation that every session starts with and every ratchet turn repeats: ML-KEM-768
// (FIPS 203) in the shape of libsodium 1.0.22's crypto_kem_mlkem768, so that it can replace ours.
//
// What is kept is the 64-byte seed; it is expanded at each use. Randomness is libsodium's. What a
// peer sends is checked when it is parsed; after that nothing can fail: a ciphertext that was not
// made for the key gives a shared secret too, one that the peer does not have (implicit rejection).
#pragma once

#include "crypto/error.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

using KemSeed = Secret<struct KemSeedTag, 64>;  // d || z
using KemSharedSecret = Secret<struct KemSharedSecretTag, 32>;

struct KemPublicKey {
  static constexpr std::size_t kSize = 1184;
  ByteArray<kSize> bytes;

  // malformed: not 1,184 bytes. non_canonical_key: a coefficient is not below q (FIPS 203, 7.2).
  [[nodiscard]] static Result<KemPublicKey> parse(ByteView encoded);

  friend bool operator==(const KemPublicKey&, const KemPublicKey&) = default;
};

struct KemCiphertext {
  static constexpr std::size_t kSize = 1088;
  ByteArray<kSize> bytes;

  [[nodiscard]] static Result<KemCiphertext> parse(ByteView encoded);  // malformed: another length

  friend bool operator==(const KemCiphertext&, const KemCiphertext&) = default;
};

struct KemKeyPair {
  KemSeed seed;
  KemPublicKey public_key;

  [[nodiscard]] static KemKeyPair from(KemSeed seed);
  [[nodiscard]] static KemKeyPair generate() { return from(KemSeed::random()); }
  [[nodiscard]] KemKeyPair duplicate() const { return {seed.duplicate(), public_key}; }
};

struct Encapsulated {
  KemCiphertext ciphertext;
  KemSharedSecret shared;
};

[[nodiscard]] Encapsulated encapsulate(const KemPublicKey& theirs);
[[nodiscard]] KemSharedSecret decapsulate(const KemSeed& ours, const KemCiphertext& ciphertext);

}  // namespace bisik::crypto
