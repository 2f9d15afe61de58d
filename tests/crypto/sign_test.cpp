// Ed25519 against RFC 8032 and Wycheproof, and the labels on top of it.

#include "crypto/sign.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

SigningSeed seed_of(std::string_view text) {
  return SigningSeed::fill([&](auto out) { std::ranges::copy(unhex(text), out.begin()); });
}

struct Rfc8032Vector {
  std::string_view seed, public_key, message, signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr Rfc8032Vector kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519Rfc8032, DerivesThePublishedKeysAndVerifiesThePublishedSignatures) {
  for (const auto& vector : kRfc8032) {
    const auto pair = SigningKeyPair::from(seed_of(vector.seed));
    EXPECT_EQ(hex(pair.verify_key().bytes), vector.public_key);
    EXPECT_EQ(hex(pair.seed().expose()), vector.seed);
    const auto signature = unhex(vector.signature);
    EXPECT_TRUE(verify_unlabelled(pair.verify_key(), unhex(vector.message), signature));
    EXPECT_FALSE(verify_unlabelled(pair.verify_key(), as_bytes("another"), signature));
  }
}

class WycheproofEd25519 : public VectorFile {
 protected:
  WycheproofEd25519() : VectorFile{"wycheproof_ed25519.json"} {}
};

TEST_F(WycheproofEd25519, ExactlyTheValidSignaturesVerify) {
  for (const auto& test : cases()) {
    SCOPED_TRACE(name_of(test));
    const auto key = VerifyKey::parse(bytes_of(test, "pk"));
    const bool verified =
        key && verify_unlabelled(*key, bytes_of(test, "msg"), bytes_of(test, "sig"));
    EXPECT_EQ(verified, test.at("result") == "valid");
  }
}

TEST(VerifyKey, IsParsedFromExactly32Bytes) {
  const auto key = SigningKeyPair::generate().verify_key();
  EXPECT_EQ(VerifyKey::parse(key.bytes).value(), key);
  EXPECT_EQ(VerifyKey::parse(ByteView{key.bytes}.first(31)).error(), Errc::malformed);
  EXPECT_EQ(VerifyKey::parse(ByteArray<33>{}).error(), Errc::malformed);
}

TEST(Sign, CoversTheLabelAZeroByteAndTheBytes) {
  const auto pair = SigningKeyPair::generate();
  const auto signature = pair.sign(label::kBundle, as_bytes("content"));
  const std::string_view covered{"bisik/1 bundle\0content", 22};
  EXPECT_TRUE(verify_unlabelled(pair.verify_key(), as_bytes(covered), signature));
}

TEST(Sign, VerifiesOnlyWithItsLabelItsBytesAndItsKey) {
  const auto pair = SigningKeyPair::generate();
  const auto& key = pair.verify_key();
  const auto signature = pair.sign(label::kBundle, as_bytes("content"));

  EXPECT_TRUE(key.verify(label::kBundle, as_bytes("content"), signature));
  EXPECT_EQ(key.verify(label::kDeviceList, as_bytes("content"), signature).error(),
            Errc::bad_signature);
  EXPECT_EQ(key.verify(label::kBundle, as_bytes("Content"), signature).error(),
            Errc::bad_signature);
  const auto other = SigningKeyPair::generate().verify_key();
  EXPECT_EQ(other.verify(label::kBundle, as_bytes("content"), signature).error(),
            Errc::bad_signature);
}

// With a key of small order one signature can be made to verify for every message.
TEST(Sign, AKeyOfSmallOrderVerifiesNothing) {
  const VerifyKey identity{{1}};
  Signature signature{};
  signature[0] = 1;  // R = identity, S = 0: satisfies the plain equation
  EXPECT_EQ(identity.verify(label::kBundle, as_bytes("content"), signature).error(),
            Errc::bad_signature);
}

TEST(Sign, APairFromItsSeedSignsTheSame) {
  const auto pair = SigningKeyPair::generate();
  const auto again = SigningKeyPair::from(pair.seed());
  EXPECT_EQ(again.verify_key(), pair.verify_key());
  EXPECT_EQ(again.sign(label::kBundle, {}), pair.sign(label::kBundle, {}));
}

}  // namespace
}  // namespace bisik::crypto
