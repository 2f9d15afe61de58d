// Invariant I9: a line that is dead is noticed, and the next attempt comes in bounded time.
#include "client/engine/line.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/sodium.hpp"

namespace bisik::client {
namespace {

class LineTest : public testing::Test {
 protected:
  LineTest() { crypto::initialise(); }

  Effects maintain(bool wanted = true) {
    Step step{{now_, {}}};
    line_.maintain(step, wanted, next_id_, [](const auto&) { return false; });
    return std::move(step).take();
  }
  template <class Action>
  static bool has(const Effects& effects) {
    return std::ranges::any_of(
        effects.actions, [](const auto& action) { return std::holds_alternative<Action>(action); });
  }
  void fail() {
    Step step{{now_, {}}};
    line_.down(step);
  }

  Time now_{std::chrono::hours{1}};
  Line line_{{LinePurpose::own, {"relay.example", 7443, {}}}};
  LineId next_id_ = 1;
};

TEST_F(LineTest, AnUnwantedLineIsNotDialled) {
  EXPECT_FALSE(has<Dial>(maintain(false)));
  EXPECT_TRUE(has<Dial>(maintain(true)));
  EXPECT_FALSE(has<Dial>(maintain(true)));  // once
}

TEST_F(LineTest, BackOffGrowsAndStaysBounded) {
  auto wait = milliseconds{0};
  for (int attempt = 0; attempt < 12; ++attempt) {
    EXPECT_TRUE(has<Dial>(maintain()));
    fail();
    EXPECT_FALSE(has<Dial>(maintain()));
    wait = *line_.wake_at(true) - now_;
    EXPECT_LE(wait, kLastBackoff * 3 / 2);
    now_ += wait;
  }
  EXPECT_GE(wait, kLastBackoff);
}

TEST_F(LineTest, SomebodyWhoWaitsNowDoesNotWaitForTheBackOff) {
  static_cast<void>(maintain());
  fail();
  line_.hurry(now_);
  EXPECT_TRUE(has<Dial>(maintain()));
}

TEST_F(LineTest, ASilentLineIsPingedAndThenGivenUp) {
  static_cast<void>(maintain());
  line_.up({}, now_);
  now_ += kPingAfter;
  EXPECT_TRUE(has<Transmit>(maintain()));
  EXPECT_FALSE(has<HangUp>(maintain()));
  now_ += kDeadAfter - kPingAfter;
  EXPECT_TRUE(has<HangUp>(maintain()));
}

TEST_F(LineTest, AQuestionThatStaysUnansweredEndsALineEarlier) {
  static_cast<void>(maintain());
  line_.up({}, now_);
  now_ += seconds{20};
  Step step{{now_, {}}};
  line_.request(step, {}, [](Step&, const proto::pb::Response*) {});
  now_ += kAnswerWithin - seconds{1};
  EXPECT_FALSE(has<HangUp>(maintain()));
  EXPECT_LE(*line_.wake_at(true), now_ + seconds{1});
  now_ += seconds{1};
  EXPECT_TRUE(has<HangUp>(maintain()));
}

TEST_F(LineTest, WhoAskedHearsOfALostLineOnce) {
  static_cast<void>(maintain());
  line_.up({}, now_);
  int told = 0;
  Step step{{now_, {}}};
  line_.request(step, {}, [&](Step&, const proto::pb::Response* response) {
    EXPECT_EQ(response, nullptr);
    ++told;
  });
  line_.down(step);
  proto::pb::Response late;
  late.set_number(1);
  EXPECT_FALSE(line_.response(step, late));
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace bisik::client
