#include "crypto/kem.hpp"

#include "crypto/mlkem.hpp"

namespace bisik::crypto {

Result<KemPublicKey> KemPublicKey::parse(ByteView encoded) {
  if (encoded.size() != kSize) return Errc::malformed;
  KemPublicKey key;
  std::ranges::copy(encoded, key.bytes.begin());
  if (!mlkem::check(key.bytes)) return Errc::non_canonical_key;
  return key;
}

Result<KemCiphertext> KemCiphertext::parse(ByteView encoded) {
  if (encoded.size() != kSize) return Errc::malformed;
  KemCiphertext ciphertext;
  std::ranges::copy(encoded, ciphertext.bytes.begin());
  return ciphertext;
}

KemKeyPair KemKeyPair::from(KemSeed seed) {
  const KemPublicKey public_key{mlkem::keygen(seed.expose())};
  return {std::move(seed), public_key};
}

Encapsulated encapsulate(const KemPublicKey& theirs) {
  const auto m = Secret<struct KemMessageTag, 32>::random();
  KemCiphertext ciphertext;
  auto shared = KemSharedSecret::fill(
      [&](auto out) { mlkem::encapsulate(theirs.bytes, m.expose(), ciphertext.bytes, out); });
  return {ciphertext, std::move(shared)};
}

KemSharedSecret decapsulate(const KemSeed& ours, const KemCiphertext& ciphertext) {
  return KemSharedSecret::fill(
      [&](auto out) { mlkem::decapsulate(ours.expose(), ciphertext.bytes, out); });
}

}  // namespace bisik::crypto
