// When the other side of a chat is told of what is being typed, and how long it is shown.
#include "client/chat/typing.hpp"

#include <gtest/gtest.h>

namespace bisik::client {
namespace {

using Say = OwnTyping::Say;
using std::chrono::milliseconds;

constexpr TypingTime at(std::int64_t ms) { return TypingTime{milliseconds{ms}}; }

class OwnTypingTest : public testing::Test {
 protected:
  OwnTypingTest() { ours_.allow(true); }
  // A key of a line that is not empty.
  Say key(std::int64_t ms) { return ours_.pressed(at(ms), false); }

  OwnTyping ours_;
};

TEST_F(OwnTypingTest, TheFirstKeyIsToldAndThenNoneForTenSeconds) {
  EXPECT_EQ(key(0), Say::started);
  for (std::int64_t ms = 200; ms < 10'000; ms += 200) EXPECT_EQ(key(ms), Say::nothing);
  EXPECT_EQ(key(10'000), Say::started);
  EXPECT_EQ(key(10'001), Say::nothing);
}

TEST_F(OwnTypingTest, WhoPausesHasStopped) {
  EXPECT_EQ(ours_.wake_at(), std::nullopt);
  EXPECT_EQ(key(0), Say::started);
  EXPECT_EQ(key(1'000), Say::nothing);
  EXPECT_EQ(ours_.wake_at(), at(6'000));
  EXPECT_EQ(ours_.passed(at(5'999)), Say::nothing);
  EXPECT_EQ(ours_.passed(at(6'000)), Say::stopped);
  EXPECT_EQ(ours_.passed(at(7'000)), Say::nothing) << "once";
  EXPECT_EQ(ours_.wake_at(), std::nullopt);
  EXPECT_EQ(key(8'000), Say::nothing) << "within ten seconds of the first time";
  EXPECT_EQ(key(10'000), Say::started);
}

TEST_F(OwnTypingTest, AnEmptyLineIsNotTyped) {
  EXPECT_EQ(ours_.pressed(at(0), true), Say::nothing);
  EXPECT_EQ(key(1), Say::started);
  EXPECT_EQ(ours_.pressed(at(2), true), Say::stopped);
  EXPECT_EQ(ours_.pressed(at(3), true), Say::nothing);
}

TEST_F(OwnTypingTest, AMessageIsItsEndAndTheNextLineIsToldAnew) {
  EXPECT_EQ(key(0), Say::started);
  ours_.sent();
  EXPECT_EQ(ours_.ended(), Say::nothing);
  EXPECT_EQ(ours_.passed(at(60'000)), Say::nothing);
  EXPECT_EQ(key(60'001), Say::started);
  EXPECT_EQ(ours_.ended(), Say::stopped) << "who leaves";
}

TEST_F(OwnTypingTest, WhoMayNotBeToldHearsNothing) {
  ours_.allow(false);
  EXPECT_EQ(key(0), Say::nothing);
  EXPECT_EQ(ours_.wake_at(), std::nullopt);
  ours_.allow(true);
  EXPECT_EQ(key(1), Say::started);
  ours_.allow(false);
  ours_.sent();
  EXPECT_EQ(key(2), Say::nothing) << "also in the next line";
  EXPECT_EQ(OwnTyping{}.pressed(at(0), false), Say::nothing) << "before anything is known";
}

TEST(TheirTypingTest, IsShownUntilTheyStopOrForFifteenSeconds) {
  TheirTyping theirs;
  EXPECT_FALSE(theirs.is_shown());
  EXPECT_TRUE(theirs.heard(at(0), false));
  EXPECT_FALSE(theirs.heard(at(10'000), false)) << "no news";
  EXPECT_EQ(theirs.wake_at(), at(25'000));
  EXPECT_FALSE(theirs.is_over(at(24'999)));
  EXPECT_TRUE(theirs.is_over(at(25'000)));
  theirs.hide();
  EXPECT_FALSE(theirs.is_over(at(25'001)));
  EXPECT_TRUE(theirs.heard(at(26'000), false));
  EXPECT_FALSE(theirs.heard(at(27'000), true));
  EXPECT_FALSE(theirs.is_shown());
}

}  // namespace
}  // namespace bisik::client
