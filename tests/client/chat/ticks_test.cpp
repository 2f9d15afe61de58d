// What a chat shows of messages that stand in it already.
#include "client/chat/ticks.hpp"

#include <gtest/gtest.h>

#include "client/limits.hpp"

namespace bisik::client {
namespace {

using proto::pb::MESSAGE_STATE_DELIVERED;
using proto::pb::MESSAGE_STATE_READ;
using proto::pb::MESSAGE_STATE_RELAY;
using Lines = std::vector<std::string>;

class TicksTest : public testing::Test {
 protected:
  void show(const std::string& text, proto::pb::MessageState state = MESSAGE_STATE_RELAY,
            bool ours = true) {
    proto::pb::Message message;
    message.set_id("Bob/" + text);
    message.set_text(text);
    message.set_state(state);
    message.set_ours(ours);
    ticks.shown(message);
  }
  bool further(const std::string& text, proto::pb::MessageState state) {
    return ticks.further("Bob/" + text, state);
  }
  [[nodiscard]] Lines lines() const {
    Lines lines;
    for (const auto& line : ticks.lines()) lines.emplace_back(line.view());
    return lines;
  }

  Ticks ticks;
};

TEST_F(TicksTest, TheNewestThatWasReadAndTheNewestThatArrivedAreShown) {
  for (const auto* text : {"one", "two", "three", "four"}) show(text);
  EXPECT_TRUE(lines().empty());
  EXPECT_TRUE(further("one", MESSAGE_STATE_DELIVERED));
  EXPECT_EQ(lines(), Lines{"\u2713\u2713 delivered  one"});
  EXPECT_TRUE(further("two", MESSAGE_STATE_READ));
  EXPECT_EQ(lines(), Lines{"\u2713\u2713 read  two"});
  EXPECT_TRUE(further("three", MESSAGE_STATE_DELIVERED));
  EXPECT_EQ(lines(), (Lines{"\u2713\u2713 read  two", "\u2713\u2713 delivered  three"}));
  EXPECT_TRUE(further("three", MESSAGE_STATE_READ));
  EXPECT_EQ(lines(), Lines{"\u2713\u2713 read  three"});
}

TEST_F(TicksTest, NothingIsTakenBackAndNothingIsSaidOfOthers) {
  show("ours");
  show("theirs", MESSAGE_STATE_RELAY, false);
  EXPECT_TRUE(further("ours", MESSAGE_STATE_READ));
  EXPECT_FALSE(further("ours", MESSAGE_STATE_READ));
  EXPECT_FALSE(further("ours", MESSAGE_STATE_DELIVERED));
  EXPECT_FALSE(further("theirs", MESSAGE_STATE_READ));
  EXPECT_FALSE(further("nobody's", MESSAGE_STATE_READ));
  EXPECT_EQ(lines(), Lines{"\u2713\u2713 read  ours"});
}

TEST_F(TicksTest, WhatStandsThereAsReadNeedsNoRow) {
  show("one");
  show("two", MESSAGE_STATE_READ);
  EXPECT_TRUE(further("one", MESSAGE_STATE_READ));
  EXPECT_TRUE(lines().empty());
}

TEST_F(TicksTest, OnlyTheNewestAreRemembered) {
  for (std::size_t i = 0; i <= kMaxTicked; ++i) show(std::to_string(i));
  EXPECT_FALSE(further("0", MESSAGE_STATE_READ));
  EXPECT_TRUE(further("1", MESSAGE_STATE_READ));
}

}  // namespace
}  // namespace bisik::client
