// Times as --at and --since take them.
#include "client/cli/moment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace bisik::client {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using namespace std::chrono_literals;

class MomentTest : public testing::Test {
 protected:
  MomentTest() { zone("UTC"); }
  ~MomentTest() override { zone("UTC"); }
  static void zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  std::optional<Moment> future(std::string_view text) const {
    return parse_moment(text, now_, Toward::future);
  }
  std::optional<Moment> past(std::string_view text) const {
    return parse_moment(text, now_, Toward::past);
  }
  const Moment now_ = sys_days{2026y / 11 / 29} + 12h;
};

TEST_F(MomentTest, ADurationCountsFromNow) {
  EXPECT_EQ(future("30m"), now_ + minutes{30});
  EXPECT_EQ(past("2h"), now_ - hours{2});
}

TEST_F(MomentTest, AClockTimeIsTheNextOneOrTheLastOne) {
  EXPECT_EQ(future("18:30"), now_ + hours{6} + minutes{30});
  EXPECT_EQ(future("12:00"), now_ + days{1});
  EXPECT_EQ(future("07:00:05"), now_ + hours{19} + seconds{5});
  EXPECT_EQ(past("12:00"), now_);
  EXPECT_EQ(past("18:30"), now_ - hours{17} - minutes{30});
}

TEST_F(MomentTest, ADateIsOfThisMachineOrOfTheZoneBehindIt) {
  EXPECT_EQ(future("2026-12-01"), Moment{sys_days{2026y / 12 / 1}});
  EXPECT_EQ(future("2026-12-01 09:00"), Moment{sys_days{2026y / 12 / 1} + 9h});
  EXPECT_EQ(future("2026-12-01T09:00Z"), Moment{sys_days{2026y / 12 / 1} + 9h});
  EXPECT_EQ(future("2026-12-01T09:00:30+02:00"), Moment{sys_days{2026y / 12 / 1} + 7h + 30s});
  zone("Europe/Berlin");
  EXPECT_EQ(future("2026-12-01T09:00"), Moment{sys_days{2026y / 12 / 1} + 8h});
  EXPECT_EQ(future("2026-12-01T09:00Z"), Moment{sys_days{2026y / 12 / 1} + 9h});
}

TEST_F(MomentTest, SecondsSince1970AreTakenAsTheyAre) {
  EXPECT_EQ(future("@1764445861"), Moment{seconds{1'764'445'861}});
}

TEST_F(MomentTest, EverythingElseIsRefused) {
  for (const auto* text : {"",
                           "soon",
                           "24:00",
                           "12:60",
                           "1:00",
                           "12:00x",
                           "2026-13-01",
                           "2026-02-30",
                           "1969-12-31",
                           "2026-12-01T",
                           "2026-12-01T9:00",
                           "2026-12-01T09:00+2",
                           "2026-12-01T09:00ZZ",
                           "@",
                           "@-1",
                           "@99999999999999",
                           "@1x",
                           "3000-01-01",
                           "12:00Z",
                           "tomorrow 9:00"}) {
    EXPECT_FALSE(future(text)) << text;
    EXPECT_FALSE(past(text)) << text;
  }
}

}  // namespace
}  // namespace bisik::client
