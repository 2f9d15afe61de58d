// Which message is handed over next.
#include "client/hook/schedule.hpp"

#include <gtest/gtest.h>

#include "client/hook/limits.hpp"

namespace bisik::client {
namespace {

using std::chrono::milliseconds;

class ScheduleTest : public testing::Test {
 protected:
  std::optional<std::uint64_t> next(std::size_t second = 0) { return schedule_.next(at(second)); }
  static Schedule::Time at(std::size_t second) {
    return Schedule::Time{} + std::chrono::seconds{second};
  }
  Schedule schedule_{3};
};

TEST_F(ScheduleTest, MessagesOfOneChatGoOneAfterTheOther) {
  schedule_.add("bob", 1);
  schedule_.add("bob", 2);
  EXPECT_EQ(next(), 1U);
  EXPECT_EQ(next(), std::nullopt);
  schedule_.succeeded(1);
  EXPECT_EQ(next(), 2U);
  schedule_.succeeded(2);
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_EQ(schedule_.known(), 0U);
}

TEST_F(ScheduleTest, DifferentChatsGoAtTheSameTimeABoundedNumber) {
  std::uint64_t cursor = 0;
  for (const auto* chat : {"bob", "carol", "dave", "erin"}) schedule_.add(chat, ++cursor);
  EXPECT_EQ(next(), 1U);
  EXPECT_EQ(next(), 2U);
  EXPECT_EQ(next(), 3U);
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_EQ(schedule_.running(), 3U);
  schedule_.succeeded(2);
  EXPECT_EQ(next(), 4U);
}

TEST_F(ScheduleTest, WhatCameFirstGoesFirst) {
  schedule_.add("zoe", 1);
  schedule_.add("bob", 2);
  schedule_.add("bob", 3);
  EXPECT_EQ(next(), 1U);
  EXPECT_EQ(next(), 2U);
}

TEST_F(ScheduleTest, AFailureComesAgainBeforeWhatFollowsItAndHoldsUpNobodyElse) {
  schedule_.add("bob", 1);
  schedule_.add("bob", 2);
  schedule_.add("carol", 3);
  EXPECT_EQ(next(), 1U);
  EXPECT_EQ(schedule_.failed(1, at(0)), milliseconds{1'000});
  EXPECT_EQ(next(), 3U);
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_EQ(schedule_.wakes_at(), at(1));
  EXPECT_EQ(next(1), 1U);
  EXPECT_EQ(schedule_.wakes_at(), std::nullopt);
}

TEST_F(ScheduleTest, PausesDoubleToTheirLimitAndASuccessEndsThem) {
  schedule_.add("bob", 1);
  std::size_t now = 0;
  milliseconds pause{0};
  for (int attempt = 0; attempt < 12; ++attempt) {
    EXPECT_EQ(next(now), 1U);
    const auto longer = schedule_.failed(1, at(now));
    EXPECT_EQ(longer, std::clamp(2 * pause, kFirstErrandPause, kLastErrandPause));
    pause = longer;
    now += 300;
  }
  EXPECT_EQ(pause, kLastErrandPause);
  schedule_.add("bob", 2);
  EXPECT_EQ(next(now), 1U);
  schedule_.succeeded(1);
  EXPECT_EQ(next(now), 2U);
  EXPECT_EQ(schedule_.failed(2, at(now)), kFirstErrandPause);
}

}  // namespace
}  // namespace bisik::client
