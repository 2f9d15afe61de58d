// Invariant I9: a relay that asks for time is asked again when that is over, and until then nobody
// is woken in vain.
#include "client/engine/fetches.hpp"

#include <gtest/gtest.h>

#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

class FetchesTest : public testing::Test {
 protected:
  FetchesTest() {
    crypto::initialise();
    Step step{{now_, {}}};
    const auto account = crypto::SigningKeyPair::generate().verify_key();
    auto& bob = state_.contacts.add(account, "Bob", step);
    *bob.row.mutable_relay() = to_proto(key_.relay);
    fetches_.want(bob.id, true);
  }

  [[nodiscard]] Lines::Wanted wanted() const {
    Lines::Wanted lines;
    fetches_.add_wanted(lines, now_);
    return lines;
  }
  // The line is there, and the relay answers what it is asked with "in so many seconds".
  void ask_a_busy_relay(std::uint32_t retry_after_seconds) {
    Step step{{now_, {}}};
    state_.lines.maintain(step, wanted());
    auto& line = state_.lines.at(key_);
    line.up({}, now_);
    fetches_.pump(step);
    proto::pb::Response response;
    response.set_number(1);
    response.set_status(proto::pb::STATUS_BUSY);
    response.set_retry_after_seconds(retry_after_seconds);
    EXPECT_TRUE(line.response(step, response));
  }
  void lose_the_line() {
    Step step{{now_, {}}};
    state_.lines.at(key_).down(step);
  }

  Time now_{std::chrono::hours{1}};
  const LineKey key_{LinePurpose::fetches,
                     {"relay.example", 7443, crypto::DhKeyPair::generate().public_key}};
  MemoryRows rows_;
  State state_{rows_};
  Fetches fetches_{state_, [](Step&, Contact&, const proto::pb::Failure&) {},
                   [](Step&, Contact&, const DeviceChanges&) {}};
};

TEST_F(FetchesTest, ABusyRelayIsAskedAgainWhenItSaid) {
  ask_a_busy_relay(5);
  EXPECT_TRUE(wanted().empty());
  EXPECT_EQ(fetches_.wake_at(now_), now_ + seconds{5});
}

// A time that has come is no time to wake up at: whoever waits for it would not wait at all.
TEST_F(FetchesTest, WhatIsDueWaitsForItsLineAndWakesNobody) {
  ask_a_busy_relay(5);
  lose_the_line();
  for (const auto late : {seconds{0}, seconds{60}}) {
    now_ += seconds{5} + late;
    EXPECT_EQ(fetches_.wake_at(now_), std::nullopt);
    EXPECT_TRUE(wanted().contains(key_));
  }
}

}  // namespace
}  // namespace bisik::client
