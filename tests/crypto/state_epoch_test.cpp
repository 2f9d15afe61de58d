#include "crypto/state_epoch.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

TEST(StateEpoch, SaysItsCounterToWhoeverHasTheKey) {
  const auto key = StateEpochKey::random();
  for (const std::uint64_t counter : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    EXPECT_EQ(StateEpoch::verify(key, StateEpoch::make(key, counter).bytes), counter);
  }
}

TEST(StateEpoch, IsNothingUnderAnotherKey) {
  const auto epoch = StateEpoch::make(StateEpochKey::random(), 7);
  EXPECT_EQ(StateEpoch::verify(StateEpochKey::random(), epoch.bytes), std::nullopt);
}

TEST(StateEpoch, WithAnyBitAlteredIsNothing) {
  const auto key = StateEpochKey::random();
  const auto epoch = StateEpoch::make(key, 7);
  for (std::size_t at = 0; at < StateEpoch::kSize; ++at) {
    EXPECT_EQ(StateEpoch::verify(key, with_flipped_bit(epoch.bytes, at)), std::nullopt) << at;
  }
}

TEST(StateEpoch, OfAnotherLengthIsNothing) {
  const auto key = StateEpochKey::random();
  auto bytes = copy_of(StateEpoch::make(key, 7).bytes);
  EXPECT_EQ(StateEpoch::verify(key, {}), std::nullopt);
  EXPECT_EQ(StateEpoch::verify(key, ByteView{bytes}.first(31)), std::nullopt);
  bytes.push_back(0);
  EXPECT_EQ(StateEpoch::verify(key, bytes), std::nullopt);
}

// Two copies of one state that raise the same number do not take each other's for their own.
TEST(StateEpoch, IsAnotherEachTimeItIsMade) {
  const auto key = StateEpochKey::random();
  EXPECT_NE(StateEpoch::make(key, 7), StateEpoch::make(key, 7));
}

}  // namespace
}  // namespace bisik::crypto
