// What a cell that does not open may make us do: little, whoever has made it, and not often.
#include "client/engine/repairs.hpp"

#include <gtest/gtest.h>

#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

using proto::pb::CONTACT_STATE_ACCEPTED;
using proto::pb::CONTACT_STATE_REQUEST;

class RepairsTest : public ProfileTest {
 protected:
  RepairsTest() {
    auto step = this->step();
    contact_->row.set_state(CONTACT_STATE_ACCEPTED);
    bobs_keys_.generate(step);
    start_a_session();
  }

  [[nodiscard]] Step step() const { return Step{{{}, now_}}; }
  [[nodiscard]] crypto::DeviceAddress bobs_device() const {
    return crypto::DeviceAddress::of(bob_.device.record);
  }
  void start_a_session() {
    auto step = this->step();
    const auto& newest = bobs_keys_.generations().back();
    const crypto::PeerPrekeys prekeys{bob_.device.record,
                                      newest.seal.public_half(),
                                      newest.signed_prekey.public_half(),
                                      {},
                                      newest.pq_signed_prekey.public_half()};
    state_.sessions.add(step, crypto::Session::initiate(state_.identity->device, prekeys).value());
  }
  [[nodiscard]] crypto::DeviceAddress alices_device() const {
    return crypto::DeviceAddress::of(state_.identity->device.record);
  }
  void bob_starts_a_session() {
    auto step = this->step();
    const auto& newest = state_.key_ring.generations().back();
    const crypto::PeerPrekeys prekeys{state_.identity->device.record,
                                      newest.seal.public_half(),
                                      newest.signed_prekey.public_half(),
                                      {},
                                      newest.pq_signed_prekey.public_half()};
    bobs_sessions_.add(step, crypto::Session::initiate(bob_.device, prekeys).value());
  }
  crypto::Bytes seal_for_bob() {
    auto step = this->step();
    return state_.sessions.seal(step, bobs_device(), crypto::as_bytes("hello"));
  }
  crypto::Bytes seal_for_alice() {
    auto step = this->step();
    return bobs_sessions_.seal(step, alices_device(), crypto::as_bytes("hello"));
  }
  // In which session.
  std::optional<crypto::Transcript> arrives_at_bob(const crypto::Bytes& cell) {
    auto step = this->step();
    const auto opened = bobs_sessions_.open(step, bob_, bobs_keys_, cell);
    return opened ? std::optional{opened->session} : std::nullopt;
  }
  std::optional<crypto::Transcript> arrives_at_alice(const crypto::Bytes& cell) {
    auto step = this->step();
    const auto opened = state_.sessions.open(step, *state_.identity, state_.key_ring, cell);
    return opened ? std::optional{opened->session} : std::nullopt;
  }
  // Bob could not read a cell of ours, or says that its place was used.
  proto::pb::Repair ask_for_a_cell_in(const crypto::Transcript& session, bool is_used) {
    auto step = this->step();
    proto::pb::OutboxRow cell;
    cell.set_account(to_string(contact_->id.bytes));
    cell.set_envelope_id(std::string(16, static_cast<char>(++cells_)));
    cell.set_session(to_string(session));
    outgoing_.send_log().remember(step, cell);
    rows_.commit(std::move(step).take().rows);
    proto::pb::Repair repair;
    if (is_used) {
      repair.mutable_index_used()->set_session(cell.session());
    } else {
      repair.mutable_retry_request()->set_envelope_id(cell.envelope_id());
    }
    return repair;
  }
  // The relay has taken it, sealed in the session.
  void send(std::uint64_t number, const crypto::Transcript& session) {
    auto step = this->step();
    proto::pb::MessageRow message;
    message.set_account(to_string(contact_->id.bytes));
    message.set_number(number);
    state_.save(step, message);
    proto::pb::OutboxRow cell;
    cell.set_account(message.account());
    cell.set_number(number);
    cell.set_session(to_string(session));
    outgoing_.send_log().remember(step, cell);
    rows_.commit(std::move(step).take().rows);
  }
  // Numbers of what goes again.
  std::vector<std::uint64_t> again() {
    std::vector<std::uint64_t> numbers;
    for (const auto& value : rows_.all(RowKind::outbox)) {
      numbers.push_back(parse_row<proto::pb::OutboxRow>(value).number());
    }
    return numbers;
  }
  // A first message that nobody can open, said to be Bob's; each is another cell. The rows that it
  // leaves.
  std::vector<RowWrite> take_a_cell_of(const crypto::DeviceAddress& claimed) {
    auto step = this->step();
    proto::pb::Cell cell;
    cell.set_cell(std::string(64, static_cast<char>(++cells_)));
    cell.set_envelope_id(std::string(16, static_cast<char>(cells_)));
    repairs_.unopened(
        step, cell, {.why = crypto::Errc::unknown_prekey, .session = {}, .claimed = claimed}, true);
    return std::move(step).take().rows;
  }
  // One that he has sealed in the session, which we have archived so long ago.
  void take_a_cell_of_an_archived_session(milliseconds ago,
                                          const proto::pb::Content& content = {}) {
    const auto session = state_.sessions.sending_in(bobs_device());
    auto step = this->step();
    state_.sessions.archive_all(step, bobs_device());
    start_a_session();
    now_ += ago;
    auto later = this->step();
    repairs_.spoken_in(later, *contact_, {bobs_device(), {}, false, {}, session}, content);
  }
  // Another cell of his was in its place in the session. Whether we say so.
  bool says_index_used(const crypto::Transcript& session) {
    contact_->row.clear_repair();
    const bool archived = !state_.sessions.is_good(session);
    auto step = this->step();
    proto::pb::Cell cell;
    cell.set_cell(std::string(64, static_cast<char>(++cells_)));
    repairs_.unopened(step, cell,
                      {.why = crypto::Errc::message_key_unavailable,
                       .session = Unopened::Session{bobs_device(), session, archived},
                       .claimed = {}},
                      true);
    return contact_->row.repair().index_used().session() == to_string(session);
  }
  // Nothing is left to say, and there is a session again.
  void answer() {
    contact_->row.clear_repair();
    start_a_session();
  }

  std::chrono::sys_time<milliseconds> now_{std::chrono::days{20'000}};
  Outgoing outgoing_{state_, [](auto&&...) {}, [](auto&&...) {}, [](auto&&...) {},
                     [](auto&&...) {}};
  Readers readers_{state_, outgoing_.owed_receipts(), [](auto&&...) {}};
  Copies copies_{state_, outgoing_.fetches()};
  int copies_found_ = 0;
  Repairs repairs_{state_, outgoing_, readers_, copies_, [this](auto&&...) { ++copies_found_; }};
  Identity bob_ = person("Bob");
  KeyRing bobs_keys_;
  SessionBook bobs_sessions_;
  Contact* contact_ = &add_contact(bob_);
  int cells_ = 0;
};

TEST_F(RepairsTest, AContactWhoCannotStartASessionIsToldInANewOne) {
  EXPECT_FALSE(take_a_cell_of(bobs_device()).empty());
  EXPECT_FALSE(state_.sessions.can_send(bobs_device())) << "the next one is new";
  EXPECT_TRUE(contact_->row.repair().has_sessions_lost());
  EXPECT_EQ(contact_->row.repair().retry_request().envelope_id(), std::string(16, 1));
  EXPECT_TRUE(outgoing_.has_work(contact_->id));
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

// Nobody else says what it says.
TEST_F(RepairsTest, EachOtherDeviceOfOursIsToldThatItsSessionCannotBegin) {
  auto step = this->step();
  const auto& own = state_.contacts.add_own(state_.identity->account_key, link_.relay, step);
  EXPECT_FALSE(take_a_cell_of({own.id, 2}).empty());
  EXPECT_FALSE(take_a_cell_of({own.id, 3}).empty());
  EXPECT_TRUE(take_a_cell_of({own.id, 2}).empty()) << "once a day";
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
