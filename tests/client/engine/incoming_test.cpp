// What one device of a contact says of the whole account, before anybody knows that it is not the
// contact's any more: it holds nobody up for ever (I13).
#include "client/engine/incoming.hpp"

#include <gtest/gtest.h>

#include "client/engine/sentences.hpp"
#include "proto/frame.hpp"
#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

using crypto::kMaxSequence;
using proto::pb::Content;

class IncomingTest : public ProfileTest {
 protected:
  IncomingTest() {
    Step step{{{}, now_}};
    state_.key_ring.generate(step);
    contact_->row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
    contact_->row.set_device_list(to_string(bob_.device_list));
    contact_->row.set_list_sequence(1);
    contact_->row.set_list_hash(to_string(bob_.list_hash()));
    contact_->row.set_greeted(true);
    proto::pb::ReceiveCommand watch;
    watch.set_follow(true);
    watch.set_states(true);
    readers_.start(step, 1, watch);
    bobs_sessions_.add(step, crypto::Session::initiate(bob_.device, prekeys()).value());
  }

  [[nodiscard]] crypto::PeerPrekeys prekeys() const {
    const auto& newest = state_.key_ring.generations().back();
    return {state_.identity->device.record,
            newest.seal.public_half(),
            newest.signed_prekey.public_half(),
            {},
            newest.pq_signed_prekey.public_half()};
  }
  [[nodiscard]] Content said() {
    Content content;
    auto id = std::to_string(++contents_);
    id.resize(16);
    content.set_id(id);
    content.mutable_hello();
    return content;
  }
  [[nodiscard]] static std::string secret(char fill) { return std::string(32, fill); }
  [[nodiscard]] Content text(std::uint64_t list) {
    auto content = said();
    content.mutable_text()->set_body("hello");
    content.mutable_sender_list()->set_sequence(list);
    content.mutable_sender_list()->set_hash(std::string(32, 'h'));
    return content;
  }
  // What the person is told.
  std::string hear(const Content& content) {
    Step step{{{}, now_}};
    proto::pb::Cell cell;
    const auto peer = crypto::DeviceAddress::of(state_.identity->device.record);
    cell.set_cell(
        to_string(bobs_sessions_.seal(step, peer, crypto::as_bytes(content.SerializeAsString()))));
    incoming_.receive(step, cell, false);
    commit(std::move(step));
    return notice_;
  }
  void commit(Step&& step) {
    const auto effects = std::move(step).take();
    notice_.clear();
    for (const auto& action : effects.actions) {
      const auto* answer = std::get_if<Answer>(&action);
      if (answer != nullptr && answer->reply.has_notice()) {
        notice_ = answer->reply.notice().sentence();
      }
    }
    rows_.commit(effects.rows);
  }
  void learned() {
    Step step{{{}, now_}};
    incoming_.learned(step, *contact_);
    commit(std::move(step));
  }
  void learn_list(std::uint64_t sequence) {
    contact_->row.set_list_sequence(sequence);
    contact_->row.clear_refresh_sequence();
    learned();
  }
  // Who has the account's key can make as many as he likes.
  void start_sessions_of_new_devices(int count, const std::string& first = {}) {
    for (int i = 0; i < count; ++i) {
      Step theirs{{{}, now_}};
      const auto number = static_cast<crypto::DeviceNumber>(100 + ++devices_);
      const auto device = crypto::Device::create(*bob_.primary, number, theirs.now_seconds());
      SessionBook sessions;
      sessions.add(theirs, crypto::Session::initiate(device, prekeys()).value());
      const auto content = first.empty() ? said().SerializeAsString() : first;
      proto::pb::Cell cell;
      const auto peer = crypto::DeviceAddress::of(state_.identity->device.record);
      cell.set_cell(to_string(sessions.seal(theirs, peer, crypto::as_bytes(content))));
      Step step{{{}, now_ + milliseconds{devices_}}};
      incoming_.receive(step, cell, false);
      rows_.commit(std::move(step).take().rows);
    }
  }
  [[nodiscard]] std::size_t sessions() const { return rows_.all(RowKind::session).size(); }
  void hear_secret(char fill, std::uint64_t sequence) {
    auto content = said();
    content.set_write_secret(secret(fill));
    content.set_write_secret_sequence(sequence);
    hear(content);
  }

  std::chrono::sys_time<milliseconds> now_{std::chrono::days{20'000}};
  Outgoing outgoing_{state_, [](auto&&...) {}, [](auto&&...) {}, [](auto&&...) {},
                     [](auto&&...) {}};
  Readers readers_{state_, outgoing_.owed_receipts(), [](auto&&...) {}};
  Copies copies_{state_, outgoing_.fetches()};
  Repairs repairs_{state_, outgoing_, readers_, copies_, [](auto&&...) {}};
  SendCommands sends_{state_, outgoing_};
  Successors successors_{state_, outgoing_, readers_, sends_, copies_, [] {}};
  Amendments amendments_{state_, [](auto&&...) {}};
  Incoming incoming_{state_,      outgoing_,   readers_,         copies_,         repairs_,
                     successors_, amendments_, [](auto&&...) {}, [](auto&&...) {}};
  Identity bob_ = person("Bob");
  SessionBook bobs_sessions_;
  Contact* contact_ = &add_contact(bob_);
  int contents_ = 0;
  int devices_ = 0;
  std::string notice_;
};

TEST_F(IncomingTest, AWriteSecretWithANumberThatNobodyReachesIsNotTaken) {
  hear_secret('a', 1);
  hear_secret('x', kMaxSequence);
  hear_secret('b', 2);
  EXPECT_EQ(contact_->row.write_secret(), secret('b'));
  EXPECT_EQ(contact_->row.write_secret_sequence(), 2U);
}

// The seconds of the clock, a thousand changes on.
TEST_F(IncomingTest, ARestoredAccountsWriteSecretCountsOnFromTheClock) {
  const std::uint64_t clock = std::uint64_t{20'000} * 86'400;
  hear_secret('a', 1);
  hear_secret('b', clock);
  EXPECT_EQ(contact_->row.write_secret(), secret('b'));
  hear_secret('x', clock + 86'401);
  EXPECT_EQ(contact_->row.write_secret(), secret('b'));
  hear_secret('c', clock + 86'400);
  EXPECT_EQ(contact_->row.write_secret(), secret('c'));
  hear_secret('d', clock + 86'400 + 1'000);
  EXPECT_EQ(contact_->row.write_secret(), secret('d'));
}

// The relay has refused it: whatever else they say is the one that counts.
TEST_F(IncomingTest, AWriteSecretThatIsRefusedGivesWayToALowerOne) {
  hear_secret('x', 900);
  hear_secret('b', 2);
  EXPECT_EQ(contact_->row.write_secret(), secret('x'));
  contact_->row.set_knocked_ms(1);
  hear_secret('x', 900);
  EXPECT_NE(contact_->row.knocked_ms(), 0U) << "the same says nothing new";
  hear_secret('b', 2);
  EXPECT_EQ(contact_->row.write_secret(), secret('b'));
  EXPECT_EQ(contact_->row.write_secret_sequence(), 2U);
  EXPECT_EQ(contact_->row.knocked_ms(), 0U);
}

TEST_F(IncomingTest, AWriteSecretIsForgottenWithItsNumber) {
  hear_secret('x', 900);
  contact_->forget_secret();
  hear_secret('b', 2);
  EXPECT_EQ(contact_->row.write_secret(), secret('b'));
}

TEST_F(IncomingTest, SessionsOfAnAccountAreBoundedWhateverBecomesOfTheirMessages) {
  start_sessions_of_new_devices(70);  // which no list names
  EXPECT_EQ(sessions(), kMaxSessionsOfContact);
  contact_->row.set_blocked(true);
  start_sessions_of_new_devices(1);
  EXPECT_EQ(sessions(), kMaxSessionsOfRequest);
  contact_->row.set_blocked(false);
  contact_->row.set_state(proto::pb::CONTACT_STATE_REMOVED);
  start_sessions_of_new_devices(3);
  EXPECT_EQ(sessions(), kMaxSessionsOfRequest);
}

TEST_F(IncomingTest, ASessionThatBeginsWithNonsenseCountsToo) {
  contact_->row.set_blocked(true);
  start_sessions_of_new_devices(9, "nonsense");
  EXPECT_EQ(sessions(), kMaxSessionsOfRequest);
}

// As one that was stolen may say, so that nothing is sent to Bob any more.
TEST_F(IncomingTest, AListThatNobodyReachesIsNotWaitedFor) {
  hear(text(kMaxSequence));
  EXPECT_EQ(contact_->row.refresh_sequence(), 0U);
  hear(text(1 + kMaxListsAhead + 1));
  EXPECT_EQ(contact_->row.refresh_sequence(), 0U);
  hear(text(1 + kMaxListsAhead));
  EXPECT_EQ(contact_->row.refresh_sequence(), 1 + kMaxListsAhead);
  EXPECT_EQ(contact_->row.refresh_device(), 1U);
  EXPECT_EQ(contact_->row.last_number(), 3U) << "nothing waits";
}

TEST_F(IncomingTest, OfTextsThatWaitForAListSoManyAreKeptAndThePersonIsToldOfTheRest) {
  hear(text(3));
  const auto first = contact_->row.last_number();
  for (std::size_t i = 0; i < kMaxUnlisted; ++i) EXPECT_EQ(hear(text(2)), "");
  EXPECT_EQ(rows_.all(RowKind::unlisted).size(), kMaxUnlisted);
  EXPECT_EQ(hear(text(2)), loses_texts("Bob"));
  EXPECT_EQ(hear(text(2)), "") << "once";
  EXPECT_EQ(rows_.all(RowKind::unlisted).size(), kMaxUnlisted);
  EXPECT_EQ(contact_->row.last_number(), first);

  learn_list(3);
  EXPECT_EQ(notice_, lost_texts("Bob", 2));
  EXPECT_EQ(contact_->row.last_number(), first + kMaxUnlisted);
  EXPECT_EQ(contact_->row.lost_texts(), 0U);
}

// A list before the one that is named says nothing of who wrote them.
TEST_F(IncomingTest, TextsGoOnWaitingForTheNewestListThatIsNamed) {
  hear(text(4));
  const auto first = contact_->row.last_number();
  EXPECT_EQ(hear(text(3)), "");
  contact_->row.set_list_sequence(2);
  learned();
  EXPECT_EQ(contact_->row.last_number(), first);
  learn_list(4);
  EXPECT_EQ(contact_->row.last_number(), first + 1);
}

// What the account's own devices tell each other, from somebody who is none of them.
TEST_F(IncomingTest, AContactDoesNotSayWhatWasReadHere) {
  auto hello = said();
  hello.mutable_text()->set_body("hello");
  hear(hello);
  auto reads = said();
  reads.mutable_reads()->set_account(to_string(contact_->id.bytes));
  reads.mutable_reads()->add_reads()->set_id(hello.id());
  reads.mutable_reads()->mutable_reads(0)->set_read_ms(1);
  hear(reads);
  const auto kept = state_.message(contact_->id, 1);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->content_id(), hello.id());
  EXPECT_EQ(kept->read_ms(), 0U);
}

}  // namespace
}  // namespace bisik::client
