#include "proto/opening.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace bisik::proto {
namespace {

class OpeningTest : public testing::Test {
 protected:
  OpeningTest() { std::iota(message_.begin(), message_.end(), std::uint8_t{0}); }

  const crypto::DhPublicKey relay_key_ = crypto::DhKeyPair::generate().public_key;
  const OpeningMac mac_{relay_key_};
  Bytes message_ = Bytes(60);
};

TEST_F(OpeningTest, WhoKnowsTheAddressIsLetIn) {
  EXPECT_EQ(mac_.check(mac_.wrap(Pattern::nk, message_)), Pattern::nk);
  const auto opening = OpeningMac{relay_key_}.wrap(Pattern::xk, message_);
  EXPECT_EQ(mac_.check(opening), Pattern::xk);
  EXPECT_TRUE(std::ranges::equal(OpeningMac::noise_message(opening), message_));
}

TEST_F(OpeningTest, WhoKnowsAnotherAddressIsNot) {
  const OpeningMac other{crypto::DhKeyPair::generate().public_key};
  EXPECT_EQ(mac_.check(other.wrap(Pattern::nk, message_)), std::nullopt);
}

TEST_F(OpeningTest, EveryFlippedByteIsNoticed) {
  const auto opening = mac_.wrap(Pattern::nk, message_);
  for (std::size_t i = 0; i < opening.size(); ++i) {
    auto altered = opening;
    altered[i] ^= 1U;
    EXPECT_EQ(mac_.check(altered), std::nullopt) << i;
  }
}

TEST_F(OpeningTest, ThePatternByteIsUnderTheMac) {
  auto opening = mac_.wrap(Pattern::nk, message_);
  opening[0] = static_cast<std::uint8_t>(Pattern::xk);
  EXPECT_EQ(mac_.check(opening), std::nullopt);
}

TEST_F(OpeningTest, OtherPatternsAreRefusedEvenWithTheirMac) {
  for (const auto code : {Pattern{0}, Pattern{3}, Pattern{255}}) {
    EXPECT_EQ(mac_.check(mac_.wrap(code, message_)), std::nullopt);
  }
}

TEST_F(OpeningTest, SizesOutsideTheLimitsAreRefused) {
  const auto noise_bytes = [](std::size_t opening) { return opening - 1 - kOpeningMacBytes; };
  const auto is_allowed = [&](std::size_t bytes) {
    return mac_.check(mac_.wrap(Pattern::nk, Bytes(noise_bytes(bytes)))).has_value();
  };
  EXPECT_TRUE(is_allowed(kMinOpeningBytes));
  EXPECT_FALSE(is_allowed(kMinOpeningBytes - 1));
  EXPECT_TRUE(is_allowed(kMaxOpeningBytes));
  EXPECT_FALSE(is_allowed(kMaxOpeningBytes + 1));
  EXPECT_EQ(mac_.check({}), std::nullopt);
}

}  // namespace
}  // namespace bisik::proto
