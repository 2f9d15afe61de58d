// What a profile knows, and how often it has to be written.
#include "client/engine/state.hpp"

#include <gtest/gtest.h>

#include "client/engine/seen.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

class StateTest : public testing::Test {
 protected:
  MemoryRows rows_;
  State state_{rows_};
};

// A send would otherwise wait for a commit of its timestamp before it dials.
TEST_F(StateTest, ATimestampAloneIsNoCommit) {
  Step step{{}};
  static_cast<void>(state_.next_timestamp(step));
  EXPECT_TRUE(std::move(step).take().rows.empty());
}

TEST_F(StateTest, ATimestampIsKeptWithTheCellThatCarriesIt) {
  Step step{{}};
  const auto timestamp = state_.next_timestamp(step);
  static_cast<void>(state_.next_outbox(step));
  rows_.commit(std::move(step).take().rows);

  State restarted{rows_};
  EXPECT_GT(restarted.next_timestamp(Step{{}}), timestamp);
}

// Two requests may publish one list, and the second answer comes when nothing waits any more.
TEST_F(StateTest, AListIsPublishedOnce) {
  Step step{{}};
  const proto::Link link{.relay = {"relay.example", 7443, crypto::DhKeyPair::generate().public_key},
                         .invite = crypto::Capability::random(),
                         .contact = {}};
  state_.identity = Identity::create("Alice", link, step);
  state_.identity->renew_list(step);
  const auto list = state_.identity->next_device_list;
  state_.list_published(step, list);
  state_.list_published(step, list);
  state_.list_published(step, {});
  EXPECT_EQ(state_.identity->device_list, list);
  EXPECT_EQ(state_.identity->list_sequence, 2U);
}

// Whoever hears the old secret under the new number would take it for the newest.
TEST_F(StateTest, TheSecretOfACopyKeepsItsNumberUntilThereIsAnother) {
  Step step{{{}, std::chrono::sys_days{std::chrono::days{20'000}}}};
  state_.identity =
      Identity::create("Alice",
                       {.relay = {"relay.example", 7443, crypto::DhKeyPair::generate().public_key},
                        .invite = crypto::Capability::random(),
                        .contact = {}},
                       step);
  const auto before = state_.identity->write_secret_sequence;
  state_.replace_secret(step);
  rows_.commit(std::move(step).take().rows);

  State restarted{rows_};
  EXPECT_EQ(restarted.identity->write_secret_sequence, before);
  EXPECT_TRUE(restarted.identity->next_write_secret.has_value());
  EXPECT_TRUE(restarted.identity->next_secret_from_clock);
}

// What a name leads to is chosen by whoever has chosen the name.
TEST_F(StateTest, OnlyARelayThatThePersonHasNamedMayBeInOurNetwork) {
  const auto relay = [](const std::string& host) {
    return proto::RelayAddress{host, 7443, crypto::DhKeyPair::generate().public_key};
  };
  const auto ours = relay("relay.example");
  const auto typed = relay("typed.example");
  const auto said = relay("said.example");
  EXPECT_TRUE(state_.may_be_private(said)) << "who has no account has named it";
  Step step{{}};
  state_.identity = Identity::create(
      "Alice", {.relay = ours, .invite = crypto::Capability::random(), .contact = {}}, step);
  const auto add = [&](const proto::RelayAddress& address, bool is_said) {
    auto& row =
        state_.contacts.add(crypto::SigningKeyPair::generate().verify_key(), "Bob", step).row;
    *row.mutable_relay() = to_proto(address);
    row.set_relay_is_said(is_said);
  };
  add(said, true);
  add(typed, true);
  add(typed, false);
  EXPECT_TRUE(state_.may_be_private(ours));
  EXPECT_TRUE(state_.may_be_private(typed));
  EXPECT_FALSE(state_.may_be_private(said));
  EXPECT_FALSE(state_.may_be_private(relay("typed.example"))) << "another key";
  state_.identity->relay.host = "192.168.1.1";
  EXPECT_TRUE(state_.may_be_private(said)) << "ours is there too";
}

// One step may take in two contents with one id: the message was made anew while both waited.
TEST_F(StateTest, AMessageIsSeenOnceAlsoWithinAStep) {
  const auto account = crypto::AccountId::of(crypto::SigningKeyPair::generate().verify_key());
  Step step{{}};
  EXPECT_TRUE(see(step, state_, account, "sixteen bytes id", 7));
  EXPECT_FALSE(see(step, state_, account, "sixteen bytes id", 7));
  rows_.commit(std::move(step).take().rows);
  Step later{{}};
  EXPECT_FALSE(see(later, state_, account, "sixteen bytes id", 7));
}

}  // namespace
}  // namespace bisik::client
