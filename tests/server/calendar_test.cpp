#include "server/calendar.hpp"

#include <gtest/gtest.h>

#include "storage/sqlite_relay_store.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::years;

constexpr storage::Day kToday = 20'000;

class CalendarTest : public testing::Test {
 protected:
  storage::Day follow() {
    storage::Batch batch{store};
    calendar->follow(now);
    batch.commit();
    return calendar->today(now);
  }
  void pass(std::chrono::seconds time) {
    now.wall += time;
    now.steady += time;
  }
  void restart() { calendar.emplace(store); }

  storage::SqliteRelayStore store{{.path = ":memory:"}};
  std::optional<Calendar> calendar{store};
  Time now{.wall = std::chrono::sys_seconds{days{kToday} + 1h}};
};

TEST_F(CalendarTest, BeginsWithTheDayOfTheWallClock) { EXPECT_EQ(follow(), kToday); }

TEST_F(CalendarTest, FollowsTheWallClockDayByDay) {
  EXPECT_EQ(follow(), kToday);
  for (int day = 1; day <= 40; ++day) {
    for (int hour = 0; hour < 24; ++hour) {
      pass(1h);
      follow();
    }
    EXPECT_EQ(follow(), kToday + day);
  }
}

TEST_F(CalendarTest, AClockSetAheadByTenYearsMovesItByOneStep) {
  follow();
  now.wall += years{10};
  for (int minute = 0; minute < 60; ++minute) {
    pass(1min);
    EXPECT_LE(follow(), kToday + 1);
  }
  now.wall -= years{10};
  for (int hour = 0; hour < 200; ++hour) {
    pass(1h);
    follow();
  }
  EXPECT_EQ(follow(), kToday + 8) << "and it is right again once the wall clock is";
}

TEST_F(CalendarTest, AClockSetBackStopsIt) {
  follow();
  now.wall -= years{10};
  for (int day = 0; day < 40; ++day) {
    pass(24h);
    EXPECT_EQ(follow(), kToday);
  }
}

TEST_F(CalendarTest, ARestartKeepsTheDayWhateverTheWallClockSays) {
  follow();
  now.wall += years{10};
  restart();
  EXPECT_EQ(calendar->today(now), kToday);
  EXPECT_EQ(follow(), kToday + 1);
  now.wall -= years{20};
  restart();
  EXPECT_EQ(follow(), kToday + 1);
}

TEST_F(CalendarTest, AfterAMonthOffItCatchesUpWithinDays) {
  follow();
  now.wall += days{30};
  restart();
  for (int hour = 0; hour < 24 * 31; ++hour) {
    pass(1h);
    follow();
  }
  EXPECT_EQ(follow(), kToday + 61);
}

}  // namespace
}  // namespace bisik::server
