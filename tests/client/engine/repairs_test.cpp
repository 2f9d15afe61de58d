// What a cell that does not open may make us do: little, whoever has made it, and not often.
#include "client/engine/repairs.hpp"

#include <gtest/gtest.h>

#include "tests/client/engine/repairs_fixture.hpp"

namespace bisik::client {
namespace {

using proto::pb::CONTACT_STATE_ACCEPTED;
using proto::pb::CONTACT_STATE_REQUEST;

TEST_F(RepairsTest, AContactWhoCannotStartASessionIsToldInANewOne) {
  EXPECT_FALSE(take_a_cell_of(bobs_device()).empty());
  EXPECT_FALSE(state_.sessions.can_send(bobs_device())) << "the next one is new";
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  EXPECT_EQ(contact_->row.repair().retry_request().envelope_id(), std::string(16, 1));
  EXPECT_TRUE(outgoing_.has_work(contact_->id));
}

// He may have begun it to say that he could not read something.
TEST_F(RepairsTest, WhoeverCannotBeginASessionGetsAgainWhatWasSentInTheOthers) {
  ASSERT_TRUE(arrives_at_bob(seal_for_bob()));
  ASSERT_TRUE(arrives_at_alice(seal_for_alice()));
  send(1, state_.sessions.sending_in(bobs_device()));
  rows_.commit(take_a_cell_of(bobs_device()));
  EXPECT_EQ(again(), std::vector<std::uint64_t>{1});
}

// Anybody can say that he is Bob.
TEST_F(RepairsTest, ThatIsDoneOnceADay) {
  EXPECT_FALSE(take_a_cell_of(bobs_device()).empty());
  answer();
  now_ += kBeginAnewAgain - milliseconds{1};
  EXPECT_TRUE(take_a_cell_of(bobs_device()).empty());
  EXPECT_TRUE(state_.sessions.can_send(bobs_device()));
  EXPECT_FALSE(contact_->row.has_repair());
  now_ += milliseconds{1};
  EXPECT_FALSE(take_a_cell_of(bobs_device()).empty());
  EXPECT_FALSE(state_.sessions.can_send(bobs_device()));
}

TEST_F(RepairsTest, AnotherDeviceOfTheContactKeepsItsSession) {
  const crypto::DeviceAddress another{contact_->id, bobs_device().device + 1};
  EXPECT_FALSE(take_a_cell_of(another).empty());
  EXPECT_TRUE(state_.sessions.can_send(bobs_device()));
}

TEST_F(RepairsTest, NothingIsAnsweredToAStrangerNorToABlockedNorToAChangedContact) {
  const auto expect_nothing = [this](const crypto::DeviceAddress& claimed, const char* who) {
    EXPECT_TRUE(take_a_cell_of(claimed).empty()) << who;
    EXPECT_TRUE(state_.sessions.can_send(bobs_device())) << who;
    EXPECT_FALSE(outgoing_.has_work(claimed.account)) << who;
  };
  expect_nothing({crypto::AccountId::of(state_.identity->device.record.signing_key()), 1},
                 "somebody unknown");
  contact_->row.set_state(CONTACT_STATE_REQUEST);
  expect_nothing(bobs_device(), "a request");
  contact_->row.set_state(CONTACT_STATE_ACCEPTED);
  contact_->row.set_blocked(true);
  expect_nothing(bobs_device(), "blocked");
  contact_->row.set_blocked(false);
  contact_->row.set_trust(proto::pb::TRUST_CHANGED);
  expect_nothing(bobs_device(), "changed");
}

TEST_F(RepairsTest, AContactWhoGoesOnInAnArchivedSessionIsTold) {
  take_a_cell_of_an_archived_session(kBeginAnewAgain);
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  EXPECT_TRUE(outgoing_.has_work(contact_->id));
  EXPECT_TRUE(state_.sessions.can_send(bobs_device())) << "in the one that we go on in";
}

// He cannot have read in ours that we have given up the other.
TEST_F(RepairsTest, WhereHeHasNotAnsweredInOursForADayHeIsToldInANewOne) {
  take_a_cell_of_an_archived_session(kBeginAnewAgain, {}, kBeginAnewAgain);
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  EXPECT_FALSE(state_.sessions.can_send(bobs_device())) << "the next one is new";
}

// He has begun the one that we go on in, and was put back since.
TEST_F(RepairsTest, WhereHeHasNotGoneOnInWhatHeHasBegunHeIsToldInANewOne) {
  auto step = this->step();
  state_.key_ring.generate(step);
  const auto old = state_.sessions.sending_in(bobs_device());
  state_.sessions.archive_all(step, bobs_device());
  bob_starts_a_session();
  ASSERT_TRUE(arrives_at_alice(seal_for_alice()));
  send(1, state_.sessions.sending_in(bobs_device()));
  now_ += kUnansweredLifetime;
  auto later = this->step();
  repairs_.spoken_in(later, *contact_, {bobs_device(), {}, false, {}, old}, {});
  rows_.commit(std::move(later).take().rows);
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  EXPECT_FALSE(state_.sessions.can_send(bobs_device())) << "the next one is new";
  EXPECT_EQ(again(), std::vector<std::uint64_t>{1});
}

// Both are copies, and each writes to keys that the other does not have.
TEST_F(RepairsTest, WhoeverGetsWhatNobodyOpensBeginsAnewWhereNobodyHasAnsweredForADay) {
  contact_->row.add_devices()->set_number(bobs_device().device);
  contact_->row.set_write_secret(std::string(32, 's'));
  send(1, state_.sessions.sending_in(bobs_device()));
  now_ += kBeginAnewAgain - milliseconds{1};
  take_a_cell_of_nobody();
  EXPECT_TRUE(state_.sessions.can_send(bobs_device()));
  now_ += milliseconds{1};
  take_a_cell_of_nobody();
  EXPECT_FALSE(state_.sessions.can_send(bobs_device())) << "the next one is new";
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  EXPECT_EQ(again(), std::vector<std::uint64_t>{1});
}

// Anybody who may write here can send what nobody opens, day after day.
TEST_F(RepairsTest, ThatIsDoneOnceInAFortnight) {
  contact_->row.add_devices()->set_number(bobs_device().device);
  contact_->row.set_write_secret(std::string(32, 's'));
  now_ += kBeginAnewAgain;
  take_a_cell_of_nobody();
  start_a_session();
  now_ += kBeginAnewAgain;
  take_a_cell_of_nobody();
  EXPECT_TRUE(state_.sessions.can_send(bobs_device()));
  now_ += kTryOnceMoreAgain;
  take_a_cell_of_nobody();
  EXPECT_FALSE(state_.sessions.can_send(bobs_device()));
}

// Each week it goes in another session that nobody answers, for a month and not for good.
TEST_F(RepairsTest, WhatGoesAgainIsKnownForAMonthAfterTheFirstTimeAndADayAfterTheLast) {
  send(1, state_.sessions.sending_in(bobs_device()));
  now_ += kUnansweredSentLifetime - hours{1};
  start_a_session();
  const auto next = state_.sessions.sending_in(bobs_device());
  remember(1, next, true);
  const auto& log = outgoing_.send_log();
  now_ += kSentLifetime - milliseconds{1};
  EXPECT_EQ(log.sent_in(step(), contact_->id, next), std::vector<std::uint64_t>{1});
  now_ += milliseconds{1};
  EXPECT_TRUE(log.sent_in(step(), contact_->id, next).empty());
}

TEST_F(RepairsTest, WhatNobodyOpensIsNoReasonWhereHeHasNeverHeardFromUs) {
  contact_->row.add_devices()->set_number(bobs_device().device);
  now_ += kBeginAnewAgain;
  take_a_cell_of_nobody();
  EXPECT_TRUE(state_.sessions.can_send(bobs_device()));
}

TEST_F(RepairsTest, WhatWasOnItsWayWhenASessionWasArchivedIsNoReason) {
  take_a_cell_of_an_archived_session(kBeginAnewAgain - milliseconds{1});
  EXPECT_FALSE(contact_->row.has_repair());
  EXPECT_FALSE(outgoing_.has_work(contact_->id));
}

TEST_F(RepairsTest, ABlockedContactWhoGoesOnInAnArchivedSessionIsNotTold) {
  contact_->row.set_blocked(true);
  take_a_cell_of_an_archived_session(kBeginAnewAgain);
  EXPECT_FALSE(contact_->row.has_repair());
}

// Each has archived the one that the other sends in.
TEST_F(RepairsTest, WhereBothHaveGivenUpTheOthersSessionThereIsANewOne) {
  proto::pb::Content content;
  content.mutable_repair()->mutable_sessions_lost();
  take_a_cell_of_an_archived_session(kBeginAnewAgain, content);
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  EXPECT_FALSE(state_.sessions.can_send(bobs_device())) << "the next one is new";
}

// A moment ago, and he has heard nothing of that since.
TEST_F(RepairsTest, WhereEachHasJustGivenUpTheOthersSessionThereIsANewOneAtOnce) {
  const auto given_up = state_.sessions.sending_in(bobs_device());
  auto step = this->step();
  state_.key_ring.generate(step);
  proto::pb::Repair repair;
  repair.mutable_sessions_lost();
  start_a_session();
  state_.sessions.archive(step, given_up);
  repairs_.heard(step, *contact_, given_up, repair);
  EXPECT_TRUE(state_.sessions.can_send(bobs_device())) << "he has not heard yet of that one";
  EXPECT_FALSE(contact_->row.has_repair());
  bob_starts_a_session();
  const auto his = arrives_at_alice(seal_for_alice());
  ASSERT_TRUE(his);
  state_.sessions.take_over(step, *his);
  repairs_.heard(step, *contact_, given_up, repair);
  EXPECT_FALSE(state_.sessions.can_send(bobs_device())) << "the next one is new";
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
}

// Nobody else says what it says: the day is counted for each.
TEST_F(RepairsTest, AnotherDeviceOfOursIsAnsweredOnTheSameDay) {
  auto step = this->step();
  const auto& own = state_.contacts.add_own(state_.identity->account_key, link_.relay, step);
  EXPECT_FALSE(take_a_cell_of({own.id, 2}).empty());
  EXPECT_FALSE(take_a_cell_of({own.id, 3}).empty());
  EXPECT_TRUE(take_a_cell_of({own.id, 2}).empty()) << "once a day";
}

// Whoever seals a first message to us can name any record in it, ours too.
TEST_F(RepairsTest, NothingIsSaidToOurselves) {
  auto step = this->step();
  (void)state_.contacts.add_own(state_.identity->account_key, link_.relay, step);
  EXPECT_TRUE(take_a_cell_of(alices_device()).empty());
}

// Alice has found out that she is a copy, and Bob that a place in their session was used, or that
// he cannot read a cell: each has given it up, and says so in one of his own.
TEST_F(RepairsTest, WhoeverAsksForACellWhileWeBeginAnewGoesOnInTheSameSession) {
  auto step = this->step();
  state_.key_ring.generate(step);
  for (int round = 0; round < 24; ++round) {  // whosever EK is the smaller one
    now_ += kRetryAgain;
    ASSERT_TRUE(arrives_at_bob(seal_for_bob()));
    const bool is_used = round % 2 == 0;
    const auto repair = ask_for_a_cell_in(state_.sessions.sending_in(bobs_device()), is_used);
    state_.sessions.archive_all(step, bobs_device());
    bobs_sessions_.archive_all(step, alices_device());
    start_a_session();
    bob_starts_a_session();
    const auto from_alice = seal_for_bob();
    const auto from_bob = seal_for_alice();
    const auto heard_by_bob = arrives_at_bob(from_alice);
    ASSERT_TRUE(heard_by_bob);
    bobs_sessions_.begin_anew(step, *heard_by_bob);
    const auto heard_by_alice = arrives_at_alice(from_bob);
    ASSERT_TRUE(heard_by_alice);
    auto later = this->step();
    repairs_.heard(later, *contact_, *heard_by_alice, repair);
    for (int turn = 0; turn < 2; ++turn) {
      ASSERT_TRUE(arrives_at_bob(seal_for_bob()));
      ASSERT_TRUE(arrives_at_alice(seal_for_alice()));
    }
    ASSERT_EQ(state_.sessions.sending_in(bobs_device()),
              bobs_sessions_.sending_in(alices_device()));
  }
}

// He is a copy, and knows the second of our sessions only.
TEST_F(RepairsTest, WhoHasLostSessionsGetsAlsoWhatWasSentBeforeWhatHeHas) {
  const auto first = state_.sessions.sending_in(bobs_device());
  send(1, first);
  start_a_session();
  const auto second = state_.sessions.sending_in(bobs_device());
  ASSERT_NE(first, second);
  send(2, second);
  proto::pb::Repair repair;
  repair.mutable_sessions_lost();
  auto step = this->step();
  repairs_.heard(step, *contact_, second, repair);
  rows_.commit(std::move(step).take().rows);
  EXPECT_EQ(again(), (std::vector<std::uint64_t>{1, 2}));
}

// He may have been put back once more since he heard it.
TEST_F(RepairsTest, WhoGoesOnInASessionWhosePlacesAreUsedIsToldOnceAnHour) {
  const auto session = state_.sessions.sending_in(bobs_device());
  EXPECT_TRUE(says_index_used(session));
  EXPECT_FALSE(says_index_used(session)) << "those were on their way";
  now_ += kRetryAgain;
  EXPECT_TRUE(says_index_used(session));
  EXPECT_FALSE(says_index_used(session));
}

// That it is given up does not tell him that he is a copy.
TEST_F(RepairsTest, WhoseSessionWasGivenUpForAnotherReasonIsToldAllTheSame) {
  const auto session = state_.sessions.sending_in(bobs_device());
  auto step = this->step();
  state_.sessions.archive_all(step, bobs_device());
  start_a_session();
  EXPECT_TRUE(says_index_used(session));
  EXPECT_FALSE(says_index_used(session));
}

TEST_F(RepairsTest, WeAreACopyAlsoWhereWeHaveGivenTheSessionUpMeanwhile) {
  const auto used = state_.sessions.sending_in(bobs_device());
  auto step = this->step();
  state_.sessions.archive_all(step, bobs_device());
  start_a_session();
  const auto session = state_.sessions.sending_in(bobs_device());
  proto::pb::Repair repair;
  repair.mutable_index_used()->set_session(to_string(used));
  repairs_.heard(step, *contact_, session, repair);
  EXPECT_EQ(copies_found_, 1);
  EXPECT_EQ(state_.sessions.sending_in(bobs_device()), session) << "they go on";
  EXPECT_FALSE(contact_->row.has_repair());
  repairs_.heard(step, *contact_, session, repair);
  EXPECT_EQ(copies_found_, 1) << "known by now";
}

// What was there was sealed by a copy of this state, which was put back again since.
TEST_F(RepairsTest, WeAreACopyAlsoWhereWeDoNotKnowWhatHeCouldNotRead) {
  const auto used = state_.sessions.sending_in(bobs_device());
  start_a_session();
  const auto session = state_.sessions.sending_in(bobs_device());
  proto::pb::Repair repair;
  repair.mutable_index_used()->set_session(to_string(used));
  auto step = this->step();
  repairs_.heard(step, *contact_, session, repair);
  EXPECT_EQ(copies_found_, 1);
  EXPECT_FALSE(state_.sessions.is_good(used));
  EXPECT_TRUE(state_.sessions.is_good(session));
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  repairs_.heard(step, *contact_, session, repair);
  EXPECT_EQ(copies_found_, 1) << "known by now";
}

TEST_F(RepairsTest, TheSameCellAgainIsNoReason) {
  auto step = this->step();
  repairs_.opened(step, crypto::as_bytes(std::string(64, 1)));
  rows_.commit(std::move(step).take().rows);
  EXPECT_TRUE(take_a_cell_of(bobs_device()).empty());
  EXPECT_TRUE(state_.sessions.can_send(bobs_device()));
}

}  // namespace
}  // namespace bisik::client
