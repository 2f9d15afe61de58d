#include "crypto/bundle.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

// Where the fields are, counted from docs/protocol.md and not from the code.
constexpr std::size_t kRecordHashAt = 0;
constexpr std::size_t kSequenceAt = 32;
constexpr std::size_t kCreatedAt = 40;
constexpr std::size_t kSealDhAt = 116;
constexpr std::size_t kSealKemAt = 148;
constexpr std::size_t kSpkIdAt = 1332;
constexpr std::size_t kSpkAt = 1340;
constexpr std::size_t kPqspkIdAt = 1372;
constexpr std::size_t kPqspkAt = 1380;
constexpr std::size_t kSignatureAt = 2564;

class BundleTest : public testing::Test {
 protected:
  [[nodiscard]] auto parsed(ByteView bytes) const {
    return Bundle::parse(bytes, bob_.device.record);
  }
  // With `field` written over the bytes at `at`, and signed by Bob's device.
  [[nodiscard]] auto parsed_with(std::size_t at, ByteView field) const {
    return parsed(signed_again(overwritten(bundle_.bytes(), at, field)));
  }
  [[nodiscard]] Bytes signed_again(const Bytes& bytes) const {
    const auto canonical = ByteView{bytes}.first(kSignatureAt);
    return overwritten(bytes, kSignatureAt,
                       bob_.device.signing_key.sign(label::kBundle, canonical));
  }

  Person bob_;
  Bundle::Contents contents_ = bob_.bundle_contents();
  Bundle bundle_ = Bundle::create(bob_.device, contents_);
};

TEST_F(BundleTest, SaysWhatItWasCreatedWith) {
  const auto bundle = parsed(bundle_.bytes());
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->contents(), contents_);
  EXPECT_EQ(bundle_.bytes().size(), 2628U);
  EXPECT_TRUE(std::ranges::equal(bundle->bytes(), bundle_.bytes()));
}

TEST_F(BundleTest, WithAnyBitAlteredIsRefused) {
  for (std::size_t i = 0; i < bundle_.bytes().size(); ++i) {
    EXPECT_FALSE(parsed(with_flipped_bit(bundle_.bytes(), i))) << "byte " << i;
  }
}

TEST_F(BundleTest, OfAnotherLengthIsRefused) {
  auto bytes = copy_of(bundle_.bytes());
  for (const std::size_t size : {0U, 1U, 32U, 2564U, 2627U}) {
    EXPECT_EQ(parsed(ByteView{bytes}.first(size)).error(), Errc::malformed);
  }
  bytes.push_back(0);
  EXPECT_EQ(parsed(bytes).error(), Errc::malformed);
}

TEST_F(BundleTest, OfAnotherDeviceIsRefused) {
  const Person alice;
  EXPECT_EQ(Bundle::parse(bundle_.bytes(), alice.device.record).error(), Errc::malformed);
  const auto second_device = bob_.another_device(2);
  EXPECT_EQ(Bundle::parse(bundle_.bytes(), second_device.record).error(), Errc::malformed);
}

TEST_F(BundleTest, UnsignedIsRefused) {
  const auto bytes = overwritten(bundle_.bytes(), kSignatureAt, Signature{});
  EXPECT_EQ(parsed(bytes).error(), Errc::bad_signature);
}

TEST_F(BundleTest, SignedByAnybodyElseIsRefused) {
  const auto canonical = bundle_.bytes().first(kSignatureAt);
  for (const auto& signature : {bob_.account.sign(label::kBundle, canonical),
                                Person{}.device.signing_key.sign(label::kBundle, canonical)}) {
    const auto bytes = overwritten(bundle_.bytes(), kSignatureAt, signature);
    EXPECT_EQ(parsed(bytes).error(), Errc::bad_signature);
  }
}

TEST_F(BundleTest, SignedForAnotherRecordIsRefused) {
  EXPECT_EQ(parsed_with(kRecordHashAt, Hash{}).error(), Errc::malformed);
}

TEST_F(BundleTest, WithABadKeyIsRefusedInEachSlot) {
  for (const auto at : {kSealDhAt, kSpkAt}) {
    const auto bytes = signed_again(with_bad_x25519_key(bundle_.bytes(), at));
    EXPECT_EQ(parsed(bytes).error(), Errc::non_canonical_key) << at;
  }
  for (const auto at : {kSealKemAt, kPqspkAt}) {
    const auto bytes = signed_again(with_bad_kem_key(bundle_.bytes(), at));
    EXPECT_EQ(parsed(bytes).error(), Errc::non_canonical_key) << at;
  }
}

TEST_F(BundleTest, WithAFieldOutsideItsRangeIsRefused) {
  constexpr std::uint64_t kHighest = ~std::uint64_t{0};
  EXPECT_EQ(parsed_with(kSequenceAt, big_endian(std::uint64_t{0})).error(), Errc::malformed);
  EXPECT_EQ(parsed_with(kSequenceAt, big_endian(kMaxSequence + 1)).error(), Errc::malformed);
  EXPECT_TRUE(parsed_with(kSequenceAt, big_endian(kMaxSequence)));
  EXPECT_EQ(parsed_with(kCreatedAt, big_endian(kHighest)).error(), Errc::malformed);
  EXPECT_EQ(parsed_with(kSpkIdAt, big_endian(kNoPrekey)).error(), Errc::malformed);
  EXPECT_EQ(parsed_with(kPqspkIdAt, big_endian(kNoPrekey)).error(), Errc::malformed);
}

TEST_F(BundleTest, BelowASequenceSeenBeforeIsRefused) {
  EXPECT_TRUE(bundle_.check_not_below(6));
  EXPECT_TRUE(bundle_.check_not_below(7));
  EXPECT_EQ(bundle_.check_not_below(8).error(), Errc::not_newer);
}

TEST_F(BundleTest, IsStaleAfterThirtyDays) {
  EXPECT_FALSE(bundle_.is_stale(kNow + std::chrono::days{30}));
  EXPECT_TRUE(bundle_.is_stale(kNow + std::chrono::days{30} + std::chrono::seconds{1}));
}

TEST_F(BundleTest, SequencesRiseWithTheClockAndWithoutIt) {
  const auto now = static_cast<std::uint64_t>(kNow.time_since_epoch().count());
  EXPECT_EQ(Bundle::next_sequence(0, kNow), now);
  EXPECT_EQ(Bundle::next_sequence(now, kNow), now + 1);
  EXPECT_EQ(Bundle::next_sequence(now + 500, kNow), now + 501);
  EXPECT_EQ(Bundle::next_sequence(0, UnixTime{}), 1U);
  EXPECT_EQ(Bundle::next_sequence(41, UnixTime{std::chrono::seconds{-5}}), 42U);
}

}  // namespace
}  // namespace bisik::crypto
