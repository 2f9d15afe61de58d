// ML-KEM-768 with a secret seed, a secret message and a secret shared secret.

#include "crypto/kem.hpp"
#include "tests/crypto/constant_time.hpp"

namespace bisik::crypto {
namespace {

KemKeyPair published_key_pair() {
  auto pair = KemKeyPair::generate();
  declassify(pair.public_key.bytes);
  return pair;
}

Encapsulated published_encapsulation(const KemPublicKey& theirs) {
  auto encapsulated = encapsulate(theirs);
  declassify(encapsulated.ciphertext.bytes);
  return encapsulated;
}

bool agree_when_declassified(const KemSharedSecret& ours, const KemSharedSecret& theirs) {
  declassify(ours.expose());
  declassify(theirs.expose());
  return equal(ours, theirs);
}

}  // namespace

void mlkem_keygen() {
  const auto pair = published_key_pair();
  assert_still_secret(pair.seed.expose());
  const auto parsed = KemPublicKey::parse(pair.public_key.bytes);
  assert(parsed && *parsed == pair.public_key);
}

void mlkem_encapsulate() {
  const auto pair = published_key_pair();
  const auto encapsulated = published_encapsulation(pair.public_key);
  assert_still_secret(encapsulated.shared.expose());
}

void mlkem_decapsulate() {
  const auto pair = published_key_pair();
  const auto encapsulated = published_encapsulation(pair.public_key);
  const auto shared = decapsulate(pair.seed, encapsulated.ciphertext);
  assert_still_secret(shared.expose());
  assert(agree_when_declassified(shared, encapsulated.shared));
}

// That a ciphertext was rejected is as secret as the rest.
void mlkem_decapsulate_corrupted() {
  const auto pair = published_key_pair();
  const auto encapsulated = published_encapsulation(pair.public_key);
  for (const std::size_t at : {std::size_t{0}, std::size_t{959}, KemCiphertext::kSize - 1}) {
    auto corrupted = encapsulated.ciphertext;
    corrupted.bytes[at] ^= 1;
    const auto shared = decapsulate(pair.seed, corrupted);
    assert_still_secret(shared.expose());
    assert(!agree_when_declassified(shared, encapsulated.shared));
  }
}

}  // namespace bisik::crypto
