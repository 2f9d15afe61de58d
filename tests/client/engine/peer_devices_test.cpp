// Invariants I4 and I5 where a relay says who somebody's devices are: what does not verify changes
// nothing, and no session starts with it.
#include "client/engine/peer_devices.hpp"

#include <gtest/gtest.h>

#include "client/engine/write_secrets.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

using crypto::Errc;
using std::chrono::days;

class LearnDevices : public testing::Test {
 protected:
  LearnDevices() {
    crypto::initialise();
    Step step{{{}, now_}};
    const proto::Link link{.relay = relay_, .invite = crypto::Capability::random(), .contact = {}};
    state_.identity = Identity::create("Alice", link, step);
    bob_ = Identity::create("Bob", link, step);
    bob_keys_.generate(step);
    contact_ = &state_.contacts.add(bob_->account_key, "Bob", step);
    *contact_->row.mutable_relay() = to_proto(relay_);
  }

  // What an honest relay answers.
  proto::pb::Bundles honest() {
    Step step{{{}, now_}};
    proto::pb::Bundles bundles;
    *bundles.add_device_lists() = to_string(bob_->device_list);
    auto& device = *bundles.add_devices();
    device.set_number(1);
    device.set_bundle(to_string(bob_keys_.make_bundle(*bob_, step).bytes()));
    if (!bob_keys_.has_one_time_keys()) bob_keys_.make_one_time_keys(step, 0, 0);
    const auto keys = bob_keys_.unsent_one_time_keys(bob_->device);
    device.set_one_time_key(keys.classical().substr(0, crypto::OneTimeKeyEntry::kSize));
    device.set_pq_one_time_key(keys.post_quantum().substr(0, crypto::PqOneTimeKeyEntry::kSize));
    return bundles;
  }

  // Bob's, as a phone.
  void add_second_device() {
    Step step{{{}, now_}};
    const proto::Link link{.relay = relay_, .invite = crypto::Capability::random(), .contact = {}};
    phone_ = Identity::create("phone", link, step);
    phone_->device = crypto::Device::create(*bob_->primary, 2, std::chrono::floor<seconds>(now_));
    phone_keys_.generate(step);
    const auto list = bob_->list().next(*bob_->primary, std::chrono::floor<seconds>(now_),
                                        {bob_->device.record, phone_->device.record});
    bob_->take_list(step, list);
  }
  proto::pb::Bundles with_second_device() {
    Step step{{{}, now_}};
    auto bundles = honest();
    auto& device = *bundles.add_devices();
    device.set_number(2);
    device.set_bundle(to_string(phone_keys_.make_bundle(*phone_, step).bytes()));
    return bundles;
  }

  crypto::Result<DeviceChanges> learn(const proto::pb::Bundles& bundles) {
    Step step{{{}, now_}};
    auto result = learn_devices(step, state_, *contact_, bundles, true);
    rows_written_ = std::move(step).take().rows.size();
    return result;
  }

  void expect_refused(const proto::pb::Bundles& bundles) {
    const auto before = contact_->row.SerializeAsString();
    const bool could_send = can_send();
    EXPECT_FALSE(learn(bundles));
    EXPECT_EQ(contact_->row.SerializeAsString(), before);
    EXPECT_EQ(can_send(), could_send);
    EXPECT_EQ(rows_written_, 0U);
  }

  bool can_send() const { return state_.sessions.can_send({contact_->id, 1}); }

  std::chrono::sys_time<std::chrono::milliseconds> now_{
      std::chrono::sys_days{std::chrono::January / 5 / 2026}};
  const proto::RelayAddress relay_{"relay.example", 7443, crypto::DhKeyPair::generate().public_key};
  MemoryRows rows_;
  State state_{rows_};
  std::optional<Identity> bob_;
  KeyRing bob_keys_;
  std::optional<Identity> phone_;
  KeyRing phone_keys_;
  Contact* contact_ = nullptr;
  std::size_t rows_written_ = 0;
};

TEST_F(LearnDevices, AnHonestAnswerStartsASession) {
  ASSERT_TRUE(learn(honest()));
  EXPECT_TRUE(can_send());
  EXPECT_EQ(contact_->row.devices_size(), 1);
  EXPECT_EQ(contact_->row.list_sequence(), 1U);
}

TEST_F(LearnDevices, WithoutOneTimeKeysTheLastResortServes) {
  auto bundles = honest();
  bundles.mutable_devices(0)->clear_one_time_key();
  bundles.mutable_devices(0)->clear_pq_one_time_key();
  ASSERT_TRUE(learn(bundles));
  EXPECT_TRUE(can_send());
}

TEST_F(LearnDevices, EveryFlippedByteOfASignedObjectIsRefused) {
  const auto good = honest();
  for (const std::size_t at : {0U, 40U, 100U, 300U, 380U}) {
    auto bundles = good;
    bundles.mutable_device_lists(0)->at(at) ^= 1;
    expect_refused(bundles);
  }
  for (const std::size_t at : {0U, 33U, 200U, 1500U, 2600U}) {
    auto bundles = good;
    bundles.mutable_devices(0)->mutable_bundle()->at(at) ^= 1;
    expect_refused(bundles);
  }
  for (const std::size_t at : {0U, 20U, 100U}) {
    auto bundles = good;
    bundles.mutable_devices(0)->mutable_one_time_key()->at(at) ^= 1;
    expect_refused(bundles);
    bundles = good;
    bundles.mutable_devices(0)->mutable_pq_one_time_key()->at(at) ^= 1;
    expect_refused(bundles);
  }
}

TEST_F(LearnDevices, AnotherAccountsDevicesAreRefused) {
  Step step{{{}, now_}};
  const proto::Link link{.relay = relay_, .invite = crypto::Capability::random(), .contact = {}};
  bob_ = Identity::create("Mallory", link, step);
  expect_refused(honest());
}

TEST_F(LearnDevices, ALowerBundleIsRefused) {
  const auto old = honest();
  ASSERT_TRUE(learn(honest()));
  expect_refused(old);
}

// Two answers without it are no reason to take what the second device has replaced weeks ago.
TEST_F(LearnDevices, ALowerBundleIsRefusedAlsoAfterItWasLeftOut) {
  add_second_device();
  const auto old = with_second_device();
  ASSERT_TRUE(learn(with_second_device()));
  for (int times = 0; times < 2; ++times) {
    auto without = with_second_device();
    without.mutable_devices()->RemoveLast();
    ASSERT_TRUE(learn(without));
    EXPECT_EQ(contact_->row.devices_size(), 1);
  }
  auto again = with_second_device();
  *again.mutable_devices(1) = old.devices(1);
  expect_refused(again);
  ASSERT_TRUE(learn(with_second_device()));
  EXPECT_EQ(contact_->row.devices_size(), 2);
}

TEST_F(LearnDevices, WhereADeviceIsWrittenToIsKnownAlsoWhileItIsLeftOut) {
  add_second_device();
  ASSERT_TRUE(learn(with_second_device()));
  for (int times = 0; times < 2; ++times) {
    auto without = with_second_device();
    without.mutable_devices()->RemoveLast();
    ASSERT_TRUE(learn(without));
    ASSERT_EQ(contact_->row.left_out_size(), 1);
    EXPECT_EQ(contact_->row.left_out(0).mailbox(), to_string(phone_->mailbox.id.bytes));
  }
}

// Contacts write there with the key that we tell them, and would be refused once it is back.
TEST_F(LearnDevices, AMailboxOfOursThatNothingIsWrittenToTakesTheSameKeys) {
  Step step{{{}, now_}};
  auto& own = state_.contacts.add(state_.identity->account_key, "Alice", step);
  const crypto::QueueId phone{.bytes = {1, 2, 3}};
  own.row.add_left_out()->set_mailbox(to_string(phone.bytes));
  own.row.add_left_out();  // of one that no relay ever had a bundle of
  EXPECT_EQ(mailboxes(state_), (std::vector{phone, state_.identity->mailbox.id}));
}

TEST_F(LearnDevices, ALowerBundleIsRefusedAlsoAfterAStaleOne) {
  add_second_device();
  auto older = with_second_device();
  auto stale = with_second_device();
  now_ += days{31};
  Step step{{{}, now_}};
  bob_->renew_list(step);
  bob_->list_published(step);
  const auto answer_with = [this](const proto::pb::Bundles& second) {
    auto bundles = honest();
    *bundles.add_devices() = second.devices(1);
    return bundles;
  };
  ASSERT_TRUE(learn(answer_with(stale)));
  EXPECT_EQ(contact_->row.devices_size(), 1);
  expect_refused(answer_with(older));
}

// They said so in a message: whoever answers with an older list holds the newer one back.
TEST_F(LearnDevices, AListOlderThanTheOneItsAccountHasAnnouncedIsRefused) {
  ASSERT_TRUE(learn(honest()));
  contact_->row.set_refresh_sequence(2);
  expect_refused(honest());
  Step step{{{}, now_}};
  bob_->renew_list(step);
  bob_->list_published(step);
  ASSERT_TRUE(learn(honest()));
  EXPECT_EQ(contact_->row.refresh_sequence(), 0U);
}

// It may be one that nobody will ever make: what is new is taken, and the rest goes on missing.
TEST_F(LearnDevices, ANewListIsTakenAlsoWhereANewerOneWasAnnounced) {
  contact_->row.set_refresh_sequence(9);
  contact_->row.set_refresh_device(1);
  ASSERT_TRUE(learn(honest()));
  EXPECT_EQ(contact_->row.list_sequence(), 1U);
  EXPECT_EQ(contact_->row.refresh_sequence(), 9U);
  EXPECT_FALSE(state_.is_ready(*contact_)) << "nothing is sent";
  expect_refused(honest());
  Step step{{{}, now_}};
  bob_->renew_list(step);
  bob_->list_published(step);
  ASSERT_TRUE(learn(honest()));
  EXPECT_EQ(contact_->row.list_sequence(), 2U);
  EXPECT_EQ(contact_->row.refresh_sequence(), 9U);
}

// A stolen device has announced one, and is removed.
TEST_F(LearnDevices, WhatWasAnnouncedIsForgottenWithTheDeviceThatDidIt) {
  add_second_device();
  ASSERT_TRUE(learn(with_second_device()));
  contact_->row.set_refresh_sequence(900);
  contact_->row.set_refresh_device(2);
  expect_refused(with_second_device());
  Step step{{{}, now_}};
  bob_->take_list(step, bob_->list().next(*bob_->primary, std::chrono::floor<seconds>(now_),
                                          {bob_->device.record}));
  ASSERT_TRUE(learn(honest()));
  EXPECT_EQ(contact_->row.refresh_sequence(), 0U);
  EXPECT_TRUE(state_.is_ready(*contact_));
}

// The person has said to go on: whoever announced it may have been somebody else.
TEST_F(LearnDevices, WhatWasAnnouncedIsForgottenWithTheDevices) {
  ASSERT_TRUE(learn(honest()));
  contact_->row.set_refresh_sequence(9);
  contact_->row.set_refresh_device(1);
  expect_refused(honest());
  contact_->forget_devices();
  ASSERT_TRUE(learn(honest()));
  EXPECT_TRUE(state_.is_ready(*contact_));
}

TEST_F(LearnDevices, AStaleBundleStartsNothing) {
  const auto old = honest();
  now_ += days{31};
  expect_refused(old);
}

// Whoever has not been here for weeks is still written to, in the session that there is.
TEST_F(LearnDevices, AStaleAnswerKeepsADeviceThatWeHaveASessionWith) {
  ASSERT_TRUE(learn(honest()));
  const auto old = honest();
  now_ += days{31};
  ASSERT_TRUE(learn(old));
  EXPECT_EQ(contact_->row.devices_size(), 1);
  EXPECT_TRUE(can_send());
}

TEST_F(LearnDevices, AStaleListStartsNothingEvenWithAFreshBundle) {
  now_ += days{31};
  auto bundles = honest();  // the bundle is of today, the list is not
  expect_refused(bundles);
}

TEST_F(LearnDevices, NothingAtAllIsRefused) {
  expect_refused({});
  auto bundles = honest();
  bundles.clear_devices();
  expect_refused(bundles);
}

TEST_F(LearnDevices, AListOfTwoHistoriesIsRefused) {
  ASSERT_TRUE(learn(honest()));
  const auto other = crypto::DeviceList::first(
      *bob_->primary, std::chrono::floor<seconds>(now_) + seconds{1}, bob_->device.record);
  auto bundles = honest();
  *bundles.mutable_device_lists(0) = to_string(other.bytes());
  expect_refused(bundles);
}

// Who reads that archives the others as well: nothing may move us back.
TEST_F(LearnDevices, ASessionThatBeginsWithTheWordThatOthersAreGivenUpIsTheOnlyOne) {
  const crypto::DeviceAddress bobs_device{contact_->id, 1};
  ASSERT_TRUE(learn(honest()));
  const auto first = state_.sessions.sending_in(bobs_device);
  Step step{{{}, now_}};
  state_.sessions.abandon(step, bobs_device);
  contact_->row.mutable_repair()->mutable_sessions_lost();
  ASSERT_TRUE(learn(honest()));
  EXPECT_NE(state_.sessions.sending_in(bobs_device), first);
  EXPECT_FALSE(state_.sessions.is_good(first));
}

}  // namespace
}  // namespace bisik::client
