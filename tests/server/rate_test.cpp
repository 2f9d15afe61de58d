#include "server/rate.hpp"

#include <gtest/gtest.h>

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

TEST(RateTest, LetsABurstPassAndThenSoManyASecond) {
  Rate rate;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(rate.try_add(1, 10, 2s, 100s)) << i;
  EXPECT_FALSE(rate.try_add(1, 10, 2s, 100s));
  EXPECT_FALSE(rate.try_add(1, 10, 2s, 100s + 99ms));
  EXPECT_TRUE(rate.try_add(1, 10, 2s, 100s + 100ms));
  EXPECT_FALSE(rate.try_add(1, 10, 2s, 100s + 100ms));
}

TEST(RateTest, WhatIsRefusedIsNotCounted) {
  Rate rate;
  EXPECT_TRUE(rate.try_add(10, 10, 1s, 0s));
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(rate.try_add(1, 10, 1s, 0s));
  EXPECT_TRUE(rate.try_add(1, 10, 1s, 100ms));
}

TEST(RateTest, SaysHowLongToWait) {
  Rate rate;
  EXPECT_EQ(rate.add(4000, 1000, 4s, 0s), 0s);
  EXPECT_EQ(rate.add(500, 1000, 4s, 0s), 500ms);
  EXPECT_EQ(rate.add(0, 1000, 4s, 500ms), 0s);
  EXPECT_FALSE(rate.empty(4s));
  EXPECT_TRUE(rate.empty(4500ms));
}

}  // namespace
}  // namespace bisik::server
