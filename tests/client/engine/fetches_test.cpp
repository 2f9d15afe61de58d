// Invariants I9 and I13: a relay that asks for time, or holds a list back, is asked again when that
// is over, and until then nobody is woken in vain; of two lists of one number somebody hears.
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
    const proto::Link link{
        .relay = key_.relay, .invite = crypto::Capability::random(), .contact = {}};
    state_.identity = Identity::create("Alice", link, step);
    bob_ = Identity::create("Bob", link, step);
    contact_ = &state_.contacts.add(bob_->account_key, "Bob", step);
    *contact_->row.mutable_relay() = to_proto(key_.relay);
    fetches_.want(contact_->id, true);
  }

  [[nodiscard]] Lines::Wanted wanted() const {
    Lines::Wanted lines;
    fetches_.add_wanted(lines, now_);
    return lines;
  }
  // The line is there, and the relay is asked.
  void ask() {
    Step step{{now_, {}}};
    state_.lines.maintain(step, wanted(), [](const auto&) { return true; });
    auto& line = state_.lines.at(key_);
    if (!line.is_up()) line.up({}, now_);
    fetches_.pump(step);
  }
  void answer(proto::pb::Response response) {
    Step step{{now_, {}}};
    response.set_number(++answered_);
    EXPECT_TRUE(state_.lines.at(key_).response(step, response));
  }
  void answer_with(const crypto::DeviceList& list, bool keys = false) {
    proto::pb::Response response;
    response.set_status(proto::pb::STATUS_OK);
    *response.mutable_bundles()->add_device_lists() = to_string(list.bytes());
    if (keys) {
      Step step{{now_, {}}};
      if (bobs_keys_.generations().empty()) bobs_keys_.generate(step);
      auto& device = *response.mutable_bundles()->add_devices();
      device.set_number(1);
      device.set_bundle(to_string(bobs_keys_.make_bundle(*bob_, step).bytes()));
    }
    answer(std::move(response));
  }
  void ask_a_busy_relay(std::uint32_t retry_after_seconds) {
    ask();
    proto::pb::Response response;
    response.set_status(proto::pb::STATUS_BUSY);
    response.set_retry_after_seconds(retry_after_seconds);
    answer(std::move(response));
  }
  [[nodiscard]] crypto::DeviceList second_list(seconds after_the_first) const {
    const auto first = bob_->list();
    return first.next(*bob_->primary, first.created() + after_the_first, first.records());
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
  std::optional<Identity> bob_;
  KeyRing bobs_keys_;
  Contact* contact_ = nullptr;
  std::uint64_t answered_ = 0;
  int failures_ = 0;
  int alarms_ = 0;
  Fetches fetches_{state_, [this](Step&, Contact&, const proto::pb::Failure&) { ++failures_; },
                   [](Step&, Contact&, const DeviceChanges&) {},
                   [this](Step&, Contact&) { ++alarms_; }};
};

TEST_F(FetchesTest, ABusyRelayIsAskedAgainWhenItSaid) {
  ask_a_busy_relay(5);
  EXPECT_TRUE(wanted().empty());
  EXPECT_EQ(fetches_.wake_at(now_), now_ + seconds{5});
}

TEST_F(FetchesTest, ARelayThatAsksForCenturiesIsAskedAgainWithinTheHour) {
  ask_a_busy_relay(UINT32_MAX);
  EXPECT_EQ(fetches_.wake_at(now_), now_ + kMostRetryAfter);
}

TEST_F(FetchesTest, AnAnswerThatHasCrossedTheAnnouncementIsAskedForAgainAtOnce) {
  ask();
  contact_->row.set_refresh_sequence(2);
  answer_with(bob_->list());
  EXPECT_EQ(failures_, 0);
  EXPECT_TRUE(wanted().contains(key_));
  ask();
  answer_with(bob_->list());  // asked after the announcement: somebody holds the newer one back
  EXPECT_EQ(failures_, 1);
  EXPECT_EQ(alarms_, 0);
  EXPECT_EQ(fetches_.wake_at(now_), now_ + kAskForKeysAgain);
}

TEST_F(FetchesTest, AListBeforeTheOneThatWasAnnouncedIsTakenAndTheNextIsAskedForAtOnce) {
  contact_->row.set_device_list(to_string(bob_->device_list));
  contact_->row.set_list_sequence(1);
  contact_->row.set_refresh_sequence(9);
  contact_->row.set_refresh_device(1);
  ask();
  answer_with(second_list(seconds{1}), true);
  EXPECT_EQ(contact_->row.list_sequence(), 2U);
  EXPECT_EQ(failures_, 0);
  EXPECT_TRUE(wanted().contains(key_));
  ask();
  answer_with(second_list(seconds{1}), true);
  EXPECT_EQ(failures_, 1) << "whoever sends is told that it is held back";
  EXPECT_EQ(fetches_.wake_at(now_), now_ + kAskForKeysAgain);
}

TEST_F(FetchesTest, OfTwoListsOfOneNumberSomebodyHearsOnce) {
  contact_->row.set_device_list(to_string(second_list(seconds{1}).bytes()));
  for (int times = 0; times < 2; ++times) {
    fetches_.want(contact_->id, true);
    ask();
    answer_with(second_list(seconds{2}));
    EXPECT_EQ(alarms_, 1);
    EXPECT_EQ(contact_->row.trust(), proto::pb::TRUST_CHANGED);
  }
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
