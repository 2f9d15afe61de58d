// What the places in a mailbox tell, whatever a relay says they are: a copy of the profile is found
// out, and nobody can make this end (I5).
#include "client/engine/rollback.hpp"

#include <gtest/gtest.h>

#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

using std::chrono::days;

class RollbackTest : public ProfileTest {
 protected:
  // What the next process would know.
  [[nodiscard]] proto::pb::MailboxPlaceRow place() const {
    const auto row = rows_.get(RowKind::state_epoch, {{}, 1});
    return row ? parse_row<proto::pb::MailboxPlaceRow>(*row) : proto::pb::MailboxPlaceRow{};
  }
  void arrives(std::uint64_t sequence, bool is_new = true) {
    proto::pb::Cell cell;
    cell.set_queue(to_string(state_.identity->mailbox.id.bytes));
    cell.set_sequence(sequence);
    Step step{{{}, now_}};
    rollback_.arrived(step, cell, is_new);
    rows_.commit(std::move(step).take().rows);
  }
  [[nodiscard]] bool next_process_finds_a_copy_at(std::uint64_t sequence) {
    Rollback next{state_, outgoing_, mailbox_, repairs_, readers_, upkeep_, copies_};
    next.load();
    proto::pb::Cell cell;
    cell.set_queue(to_string(state_.identity->mailbox.id.bytes));
    cell.set_sequence(sequence);
    Step step{{{}, now_}};
    next.arrived(step, cell, true);
    return next.restored_ms() != 0;
  }

  // With a session that we have begun.
  Contact& acquaintance(const std::string& name) {
    const auto theirs = person(name);
    auto& contact = add_contact(theirs);
    contact.row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
    Step step{{{}, now_}};
    KeyRing keys;
    keys.generate(step);
    const auto& newest = keys.generations().back();
    const crypto::PeerPrekeys prekeys{theirs.device.record,
                                      newest.seal.public_half(),
                                      newest.signed_prekey.public_half(),
                                      {},
                                      newest.pq_signed_prekey.public_half()};
    state_.sessions.add(step, crypto::Session::initiate(state_.identity->device, prekeys).value());
    return contact;
  }
  [[nodiscard]] bool can_send(const Contact& contact) const {
    return state_.sessions.can_send({contact.id, 1});
  }
  void is_told(Repairs::Witness witness, std::uint64_t given_up_ms = SessionBook::kNever) {
    Step step{{{}, now_}};
    rollback_.found_out(step, witness, given_up_ms);
    rows_.commit(std::move(step).take().rows);
  }

  // How many notices whoever begins to read now hears at once.
  std::size_t told_to_next(CommandId command, bool person, Rollback& rollback) {
    proto::pb::ReceiveCommand request;
    request.set_follow(true);
    request.set_person(person);
    Step step{{{}, now_}};
    readers_.start(step, command, request);
    rollback.tell_untold(step);
    auto effects = std::move(step).take();
    rows_.commit(std::move(effects.rows));
    readers_.cancel(command);
    return effects.actions.size();
  }

  std::chrono::sys_time<milliseconds> now_{days{20'000}};
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
  Mailbox mailbox_{state_, incoming_};
  Upkeep upkeep_{state_, mailbox_, repairs_, [](auto&&...) {}};
  Rollback rollback_{state_, outgoing_, mailbox_, repairs_, readers_, upkeep_, copies_};
};

TEST_F(RollbackTest, APlaceThatIsMissingTellsOfACopyInTheNextProcess) {
  arrives(1);
  arrives(2);
  EXPECT_FALSE(next_process_finds_a_copy_at(3));
  EXPECT_TRUE(next_process_finds_a_copy_at(4));
}

TEST_F(RollbackTest, APlaceThatNoMailboxReachesIsNotTaken) {
  arrives(1);
  arrives(1 + kMostCellsMissing + 2);
  arrives(std::uint64_t{INT64_MAX});
  EXPECT_EQ(place().sequence(), 1U);
  now_ += days{40};
  arrives(std::uint64_t{INT64_MAX});
  EXPECT_EQ(place().expired(), 0U) << "so many were never there";
}

TEST_F(RollbackTest, WhatIsNewUnderALowerPlaceTakesTheRightOneBack) {
  arrives(5);
  arrives(kMostCellsMissing);
  arrives(6);
  EXPECT_EQ(place().sequence(), 6U);
  EXPECT_FALSE(next_process_finds_a_copy_at(7));
  EXPECT_TRUE(next_process_finds_a_copy_at(8));
}

// The relay pushes again what it has no acknowledgement of.
TEST_F(RollbackTest, WhatComesAgainChangesNothing) {
  arrives(1);
  arrives(2);
  arrives(3);
  arrives(1, false);
  EXPECT_EQ(place().sequence(), 3U);
  EXPECT_FALSE(next_process_finds_a_copy_at(4));
}

// He may say what he likes.
TEST_F(RollbackTest, TheWordOfAContactHasTheOthersAskedAndNoConversationBegunAnew) {
  const auto& bob = acquaintance("Bob");
  is_told(Repairs::Witness::contact);
  EXPECT_NE(rollback_.restored_ms(), 0U) << "the person is told";
  EXPECT_TRUE(can_send(bob));
  EXPECT_FALSE(bob.row.has_repair());
  EXPECT_TRUE(outgoing_.has_work(bob.id)) << "he may have seen it too";
}

// It may be found out while nobody reads, or bots do: they would take it away from a person.
TEST_F(RollbackTest, ThatThisIsACopyIsKeptForThePersonWhoReadsNext) {
  EXPECT_EQ(told_to_next(1, true, rollback_), 0U);
  is_told(Repairs::Witness::contact);
  EXPECT_EQ(told_to_next(2, false, rollback_), 0U);
  Rollback next{state_, outgoing_, mailbox_, repairs_, readers_, upkeep_, copies_};
  next.load();
  EXPECT_EQ(told_to_next(3, true, next), 1U);
  EXPECT_EQ(told_to_next(4, true, next), 0U) << "told once";
  EXPECT_FALSE(place().untold());
}

TEST_F(RollbackTest, WhoReadsAlongIsToldAtOnceAndNobodyLater) {
  proto::pb::ReceiveCommand request;
  request.set_person(true);
  Step step{{{}, now_}};
  readers_.start(step, 1, request);
  is_told(Repairs::Witness::contact);
  EXPECT_FALSE(place().untold());
  readers_.cancel(1);
  EXPECT_EQ(told_to_next(2, true, rollback_), 0U);
}

TEST_F(RollbackTest, TheOthersAreAskedOnceAnHour) {
  is_told(Repairs::Witness::contact);
  now_ += milliseconds{kRetryAgain} - milliseconds{1};
  const auto& bob = acquaintance("Bob");
  is_told(Repairs::Witness::contact);
  EXPECT_FALSE(outgoing_.has_work(bob.id));
}

TEST_F(RollbackTest, OfASessionThatWasGivenUpBeforeItWasFoundOutNothingNewIsSaid) {
  const auto given_up_ms = Step{{{}, now_}}.now_ms();
  is_told(Repairs::Witness::contact, given_up_ms);
  const auto found_ms = place().restored_ms();
  EXPECT_NE(found_ms, 0U);
  now_ += kRetryAgain;
  is_told(Repairs::Witness::contact, given_up_ms);
  EXPECT_EQ(place().restored_ms(), found_ms);
  is_told(Repairs::Witness::contact, found_ms + 1);
  EXPECT_GT(place().restored_ms(), found_ms);
}

TEST_F(RollbackTest, AnotherDeviceOfTheAccountIsBelieved) {
  const auto& bob = acquaintance("Bob");
  is_told(Repairs::Witness::own_device);
  EXPECT_FALSE(can_send(bob));
  EXPECT_TRUE(bob.row.repair().has_sessions_lost());
}

// What a copy has sent before it is found out goes again at once.
TEST_F(RollbackTest, WhatContactsHaveAskedOfAnotherStateDoesNotCount) {
  auto& bob = acquaintance("Bob");
  bob.row.set_repairs(kMaxRepairs);
  is_told(Repairs::Witness::own_device);
  EXPECT_EQ(bob.row.repairs(), 0U);
}

}  // namespace
}  // namespace bisik::client
