// The key encapsulation as everyone else sees it.

#include "crypto/kem.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "crypto/mlkem.hpp"

namespace bisik::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<KemKeyPair>);
static_assert(!std::is_copy_constructible_v<Encapsulated>);

class Kem : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_GE(sodium_init(), 0); }
};

TEST_F(Kem, BothSidesGetTheSameSecret) {
  const auto bob = KemKeyPair::generate();
  const auto alice = encapsulate(bob.public_key);
  EXPECT_TRUE(equal(decapsulate(bob.seed, alice.ciphertext), alice.shared));
}

TEST_F(Kem, SeedAloneGivesThePairBack) {
  const auto pair = KemKeyPair::generate();
  EXPECT_EQ(KemKeyPair::from(pair.seed.duplicate()).public_key, pair.public_key);
}

TEST_F(Kem, NothingRepeats) {
  const auto bob = KemKeyPair::generate();
  EXPECT_NE(KemKeyPair::generate().public_key, bob.public_key);
  const auto first = encapsulate(bob.public_key);
  const auto second = encapsulate(bob.public_key);
  EXPECT_NE(first.ciphertext, second.ciphertext);
  EXPECT_FALSE(equal(first.shared, second.shared));
}

TEST_F(Kem, AlteredCiphertextGivesAnotherSecretAndAlwaysTheSame) {
  const auto bob = KemKeyPair::generate();
  const auto alice = encapsulate(bob.public_key);
  for (std::size_t at = 0; at < KemCiphertext::kSize; at += 17) {
    auto altered = alice.ciphertext;
    altered.bytes[at] ^= 0x10;
    const auto rejected = decapsulate(bob.seed, altered);
    EXPECT_FALSE(equal(rejected, alice.shared)) << at;
    EXPECT_TRUE(equal(rejected, decapsulate(bob.seed, altered))) << at;
  }
}

TEST_F(Kem, AnotherSeedGivesAnotherSecret) {
  const auto bob = KemKeyPair::generate();
  const auto alice = encapsulate(bob.public_key);
  EXPECT_FALSE(equal(decapsulate(KemSeed::random(), alice.ciphertext), alice.shared));
}

TEST_F(Kem, PublicKeyOfAnotherLengthIsMalformed) {
  const Bytes encoded(KemPublicKey::kSize + 1);
  for (const std::size_t length : {std::size_t{0}, KemPublicKey::kSize - 1, encoded.size()}) {
    const auto parsed = KemPublicKey::parse(ByteView{encoded}.first(length));
    ASSERT_FALSE(parsed) << length;
    EXPECT_EQ(parsed.error(), Errc::malformed);
  }
}

TEST_F(Kem, PublicKeyWithACoefficientOfQIsRefused) {
  auto pair = KemKeyPair::generate();
  ASSERT_EQ(KemPublicKey::parse(pair.public_key.bytes).value(), pair.public_key);
  pair.public_key.bytes[0] = mlkem::q & 0xff;
  pair.public_key.bytes[1] = mlkem::q >> 8;
  const auto parsed = KemPublicKey::parse(pair.public_key.bytes);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error(), Errc::non_canonical_key);
}

TEST_F(Kem, CiphertextOfAnotherLengthIsMalformed) {
  const Bytes encoded(KemCiphertext::kSize + 1);
  for (const std::size_t length : {std::size_t{0}, KemCiphertext::kSize - 1, encoded.size()}) {
    const auto parsed = KemCiphertext::parse(ByteView{encoded}.first(length));
    ASSERT_FALSE(parsed) << length;
    EXPECT_EQ(parsed.error(), Errc::malformed);
  }
  EXPECT_TRUE(KemCiphertext::parse(ByteView{encoded}.first(KemCiphertext::kSize)));
}

}  // namespace
}  // namespace bisik::crypto
