#include "server/tally.hpp"

#include <gtest/gtest.h>

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

TEST(TallyTest, CountsEachKeyForItself) {
  Tally tally{1h, 10};
  EXPECT_EQ(tally.count({1}, {}), 1U);
  EXPECT_EQ(tally.count({1}, {}), 2U);
  EXPECT_EQ(tally.count({2}, {}), 1U);
}

TEST(TallyTest, BeginsAnewWithEachPeriodOfSteadyTime) {
  Tally tally{1h, 10};
  Time now{};
  tally.count({1}, now);
  now.wall += 48h;
  EXPECT_EQ(tally.count({1}, now), 2U) << "the wall clock does not count";
  now.steady += 59min;
  EXPECT_EQ(tally.left(now), 60s);
  now.steady += 1min;
  EXPECT_EQ(tally.count({1}, now), 1U);
}

TEST(TallyTest, RemembersABoundedNumberOfKeys) {
  Tally tally{1h, 1};
  tally.count({1}, {});
  EXPECT_EQ(tally.count({2}, {}), Tally::kUncounted);
  EXPECT_EQ(tally.count({1}, {}), 2U);
}

}  // namespace
}  // namespace bisik::server
