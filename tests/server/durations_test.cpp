#include "server/durations.hpp"

#include <gtest/gtest.h>

namespace bisik::server {
namespace {

using std::chrono::microseconds;

TEST(DurationsTest, OfNothingIsNothing) {
  EXPECT_EQ(Durations{}.percentile(50), microseconds{0});
  EXPECT_EQ(Durations{}.longest(), microseconds{0});
}

TEST(DurationsTest, APercentileIsNeverTooLowAndAtMostAFourthTooHigh) {
  for (std::int64_t value = 0; value < 5'000'000; value += 1 + value / 50) {
    Durations durations;
    durations.add(microseconds{value});
    durations.add(microseconds{10'000'000});
    EXPECT_GE(durations.percentile(50).count(), value);
    EXPECT_LE(durations.percentile(50).count(), value + value / 4);
  }
}

TEST(DurationsTest, TellsTheUsualFromTheRare) {
  Durations durations;
  for (int i = 0; i < 990; ++i) durations.add(microseconds{1'000});
  for (int i = 0; i < 10; ++i) durations.add(microseconds{90'000});
  EXPECT_LT(durations.percentile(50), microseconds{1'300});
  EXPECT_LT(durations.percentile(99), microseconds{1'300});
  EXPECT_EQ(durations.percentile(100), microseconds{90'000});
  EXPECT_EQ(durations.longest(), microseconds{90'000});
}

TEST(DurationsTest, TakesTheLongestAndTheImpossible) {
  Durations durations;
  durations.add(microseconds::max());
  durations.add(microseconds{-5});
  EXPECT_EQ(durations.percentile(100), microseconds::max());
  EXPECT_EQ(durations.percentile(1), microseconds{0});
}

}  // namespace
}  // namespace bisik::server
