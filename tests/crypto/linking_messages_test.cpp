#include "crypto/linking_messages.hpp"

#include <gtest/gtest.h>

#include "crypto/random.hpp"
#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

DhPublicKey any_dh_key() { return DhKeyPair::generate().public_key; }
VerifyKey any_verify_key() { return SigningKeyPair::generate().verify_key(); }

LinkingOffer any_offer() { return {any_verify_key(), any_dh_key(), random_array<32>(), 2, kNow}; }

LinkingReveal any_reveal() {
  return {random_array<32>(), any_verify_key(), any_dh_key(), any_dh_key(), random_array<64>()};
}

constexpr std::size_t kOfferEphemeral = 32, kOfferNumber = 96, kOfferCreated = 100;
constexpr std::size_t kRevealIdentity = 64, kRevealNetworkKey = 96;

TEST(LinkingOffer, IsTheSameAfterEncodingAndParsing) {
  const auto offer = any_offer();
  const auto bytes = offer.encode();
  EXPECT_EQ(bytes.size(), 108U);
  EXPECT_EQ(LinkingOffer::parse(bytes).value(), offer);
}

TEST(LinkingOffer, OfAnotherLengthIsMalformed) {
  auto bytes = any_offer().encode();
  EXPECT_EQ(LinkingOffer::parse({}).error(), Errc::malformed);
  EXPECT_EQ(LinkingOffer::parse(ByteView{bytes}.first(107)).error(), Errc::malformed);
  bytes.push_back(0);
  EXPECT_EQ(LinkingOffer::parse(bytes).error(), Errc::malformed);
}

TEST(LinkingOffer, WithAValueOutsideItsRangeIsMalformed) {
  const auto bytes = any_offer().encode();
  for (const std::uint32_t number : {std::uint32_t{0}, kMaxDeviceNumber + 1}) {
    EXPECT_EQ(LinkingOffer::parse(overwritten(bytes, kOfferNumber, big_endian(number))).error(),
              Errc::malformed);
  }
  const auto too_late = static_cast<std::uint64_t>(kMaxUnixTime.count()) + 1;
  EXPECT_EQ(LinkingOffer::parse(overwritten(bytes, kOfferCreated, big_endian(too_late))).error(),
            Errc::malformed);
}

TEST(LinkingOffer, WithAKeyThatNoHonestPeerSendsIsRefused) {
  const auto bytes = any_offer().encode();
  EXPECT_EQ(LinkingOffer::parse(with_bad_x25519_key(bytes, kOfferEphemeral)).error(),
            Errc::non_canonical_key);
  EXPECT_EQ(LinkingOffer::parse(overwritten(bytes, kOfferEphemeral, ByteArray<32>{})).error(),
            Errc::non_contributory_key);
}

TEST(LinkingReveal, IsTheSameAfterEncodingAndParsing) {
  const auto reveal = any_reveal();
  const auto bytes = reveal.encode();
  EXPECT_EQ(bytes.size(), 192U);
  EXPECT_EQ(LinkingReveal::parse(bytes).value(), reveal);
}

TEST(LinkingReveal, OfAnotherLengthIsMalformed) {
  auto bytes = any_reveal().encode();
  EXPECT_EQ(LinkingReveal::parse(ByteView{bytes}.first(191)).error(), Errc::malformed);
  bytes.push_back(0);
  EXPECT_EQ(LinkingReveal::parse(bytes).error(), Errc::malformed);
}

TEST(LinkingReveal, WithAKeyThatNoHonestPeerSendsIsRefused) {
  const auto bytes = any_reveal().encode();
  for (const auto at : {kRevealIdentity, kRevealNetworkKey}) {
    EXPECT_EQ(LinkingReveal::parse(with_bad_x25519_key(bytes, at)).error(),
              Errc::non_canonical_key);
  }
}

TEST(LinkingCode, IsParsedFieldByField) {
  const auto key = any_dh_key();
  const auto commitment = random_array<32>();
  const auto secret = Capability::random();
  const auto code = LinkingCode::parse(key.bytes, commitment, secret.bytes());
  ASSERT_TRUE(code);
  EXPECT_EQ(code->ephemeral, key);
  EXPECT_EQ(code->commitment, commitment);
  EXPECT_EQ(code->secret, secret);
}

TEST(LinkingCode, WithAFieldOfAnotherLengthIsMalformed) {
  const auto key = any_dh_key();
  const ByteArray<31> cut{};
  const ByteArray<32> whole{};
  EXPECT_EQ(LinkingCode::parse(cut, whole, whole).error(), Errc::malformed);
  EXPECT_EQ(LinkingCode::parse(key.bytes, cut, whole).error(), Errc::malformed);
  EXPECT_EQ(LinkingCode::parse(key.bytes, whole, cut).error(), Errc::malformed);
}

TEST(LinkingCode, WithAKeyThatAgreesWithNobodyIsRefused) {
  const ByteArray<32> zeros{};
  EXPECT_EQ(LinkingCode::parse(zeros, zeros, zeros).error(), Errc::non_contributory_key);
  EXPECT_EQ(LinkingCode::parse(non_canonical_zero(), zeros, zeros).error(),
            Errc::non_canonical_key);
}

TEST(LinkingKeys, AreAllCommittedTo) {
  const LinkingKeys keys{any_dh_key(), any_verify_key(), any_dh_key(), any_dh_key()};
  const LinkingNonce nonce{7};
  const auto h = keys.commitment(nonce);
  EXPECT_EQ(keys.commitment(nonce), h);
  EXPECT_NE(keys.commitment(LinkingNonce{8}), h);

  auto other = keys;
  other.ephemeral = any_dh_key();
  EXPECT_NE(other.commitment(nonce), h);
  other = keys;
  other.signing_key = any_verify_key();
  EXPECT_NE(other.commitment(nonce), h);
  other = keys;
  std::swap(other.identity_key, other.network_key);
  EXPECT_NE(other.commitment(nonce), h);
}

}  // namespace
}  // namespace bisik::crypto
