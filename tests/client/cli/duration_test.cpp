#include "client/cli/duration.hpp"

#include <gtest/gtest.h>

namespace bisik::client {
namespace {

TEST(Duration, TakesAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("30s"), std::chrono::seconds{30});
  EXPECT_EQ(parse_duration("15m"), std::chrono::minutes{15});
  EXPECT_EQ(parse_duration("12h"), std::chrono::hours{12});
  EXPECT_EQ(parse_duration("7d"), std::chrono::days{7});
  EXPECT_EQ(parse_duration("2w"), std::chrono::weeks{2});
}

TEST(Duration, RefusesEverythingElse) {
  for (const auto* text : {"", "7", "d", "0d", "-1d", "1.5h", "7 d", "7days", "9999999999h",
                           "4294967295w", "5000w1"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace bisik::client
