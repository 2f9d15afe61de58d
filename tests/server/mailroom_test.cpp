#include "server/mailroom.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "proto/frame.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class MailroomTest : public testing::Test {
 protected:
  // Each cell on a connection of its own, so that no refusal carries over.
  pb::Response send(const pb::Request& cell) { return world.ask(world.connect_anonymous(), cell); }
  pb::Status send(std::uint8_t mark) { return send(cell_for(alice, mark)).status(); }

  pb::Status add_key(const crypto::Capability& added, std::uint32_t cells,
                     std::chrono::seconds lifetime) {
    return world.ask(own, adding_key(alice, added, cells, lifetime)).status();
  }
  pb::Request remove_key(const crypto::Capability& removed) const {
    return removing_key(alice, removed);
  }
  static pb::Request new_queue(const crypto::QueueId& queue, const crypto::Capability& read_key) {
    pb::Request request;
    auto& wanted = *request.mutable_create_queue();
    put(*wanted.mutable_queue(), queue.bytes);
    wanted.set_kind(pb::QUEUE_KIND_MAILBOX);
    put(*wanted.mutable_read_key_hash(), read_key.hash());
    return request;
  }
  std::uint64_t cells_waiting() {
    const auto reader = alice.reconnect(world);
    return world.ask(reader, alice.subscription()).subscribed().waiting_cells();
  }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
  crypto::Capability key = crypto::Capability::random();
};

// I10. The bytes; the time is in the work, which Mailroom::try_send does in every case.
TEST_F(MailroomTest, UnknownQueueWrongKeyAndBlockedAreTheSameBytes) {
  ASSERT_EQ(add_key(key, 0, 0s), pb::STATUS_OK);
  ASSERT_EQ(world.ask(own, remove_key(key)).status(), pb::STATUS_OK);
  std::set<std::string> answers;
  for (auto cell : {cell_for(crypto::QueueId::random(), alice.write_key, 1),
                    cell_for(alice.mailbox, crypto::Capability::random(), 1),
                    cell_for(alice.mailbox, key, 1)}) {
    auto response = send(cell);
    EXPECT_EQ(response.status(), pb::STATUS_REFUSED);
    response.clear_number();
    answers.insert(response.SerializeAsString());
  }
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(MailroomTest, SendingAgainIsAnsweredAgainAndStoredOnce) {
  const auto cell = cell_for(alice, 1);
  EXPECT_EQ(send(cell).status(), pb::STATUS_OK);
  EXPECT_EQ(send(cell).status(), pb::STATUS_OK);
  EXPECT_EQ(cells_waiting(), 1U);
}

TEST_F(MailroomTest, AnEnvelopeStandsForOneCell) {
  auto cell = cell_for(alice, 1);
  EXPECT_EQ(send(cell).status(), pb::STATUS_OK);
  cell.mutable_send_cell()->mutable_cell()->front() = 'x';
  EXPECT_EQ(send(cell).status(), pb::STATUS_CONFLICT);
  EXPECT_EQ(cells_waiting(), 1U);
}

TEST_F(MailroomTest, ACellThatAnEarlierVersionTookIsKnownAgain) {
  auto cell = cell_for(alice, 1);
  {
    storage::EnvelopeId envelope{};
    std::ranges::copy(crypto::as_bytes(cell.send_cell().envelope_id()), envelope.begin());
    const auto bytes = crypto::as_bytes(cell.send_cell().cell());
    storage::Batch batch{world.store};
    world.store.cells().push(alice.mailbox.bytes, {.envelope_id = envelope,
                                                   .hash = crypto::sha256(bytes),
                                                   .bytes = bytes,
                                                   .arrival_day = 0,
                                                   .expires_day = 100'000});
    batch.commit();
  }
  EXPECT_EQ(send(cell).status(), pb::STATUS_OK);
  EXPECT_EQ(cells_waiting(), 1U);
  cell.mutable_send_cell()->mutable_cell()->front() = 'x';
  EXPECT_EQ(send(cell).status(), pb::STATUS_CONFLICT);
}

TEST_F(MailroomTest, ARepeatOfAnAcknowledgedCellIsNotStoredAgain) {
  const auto cell = cell_for(alice, 1);
  EXPECT_EQ(send(cell).status(), pb::STATUS_OK);
  const auto reader = alice.reconnect(world);
  world.ask(reader, alice.subscription());
  world.ask(reader, acknowledgement(world.take_pushes(reader)));
  EXPECT_EQ(send(cell).status(), pb::STATUS_OK);
  EXPECT_EQ(cells_waiting(), 0U);
}

TEST_F(MailroomTest, AKeyOfALinkWritesAsManyCellsAsItWasGiven) {
  ASSERT_EQ(add_key(key, 2, 24h), pb::STATUS_OK);
  const auto first = cell_for(alice.mailbox, key, 1);
  EXPECT_EQ(send(first).status(), pb::STATUS_OK);
  EXPECT_EQ(send(first).status(), pb::STATUS_OK) << "a repeat costs nothing";
  EXPECT_EQ(send(cell_for(alice.mailbox, key, 2)).status(), pb::STATUS_OK);
  EXPECT_EQ(send(cell_for(alice.mailbox, key, 3)).status(), pb::STATUS_REFUSED);
  EXPECT_EQ(send(first).status(), pb::STATUS_OK) << "what was accepted stays accepted";
}

TEST_F(MailroomTest, AKeyEndsWithItsTime) {
  ASSERT_EQ(add_key(key, 0, 1h), pb::STATUS_OK);
  EXPECT_EQ(send(cell_for(alice.mailbox, key, 1)).status(), pb::STATUS_OK);
  world.pass(1h);
  EXPECT_EQ(send(cell_for(alice.mailbox, key, 2)).status(), pb::STATUS_REFUSED);
}

TEST_F(MailroomTest, AskingForAKeyAgainDoesNotFillItUp) {
  ASSERT_EQ(add_key(key, 1, 1h), pb::STATUS_OK);
  EXPECT_EQ(send(cell_for(alice.mailbox, key, 1)).status(), pb::STATUS_OK);
  ASSERT_EQ(add_key(key, 1, 1h), pb::STATUS_OK);
  EXPECT_EQ(send(cell_for(alice.mailbox, key, 2)).status(), pb::STATUS_REFUSED);
}

TEST_F(MailroomTest, KeysBeyondTheLimitsAreMalformed) {
  const auto cells = static_cast<std::uint32_t>(world.limits.write_key_cells);
  const std::chrono::seconds lifetime{world.limits.write_key_seconds};
  EXPECT_EQ(add_key(key, cells + 1, 0s), pb::STATUS_MALFORMED);
  EXPECT_EQ(add_key(key, 0, lifetime + 1s), pb::STATUS_MALFORMED);
  EXPECT_EQ(add_key(key, cells, lifetime), pb::STATUS_OK);
}

TEST_F(MailroomTest, AQueueHasABoundedNumberOfKeys) {
  world.limits.write_keys_per_queue = 2;  // one came with the registration
  EXPECT_EQ(add_key(key, 0, 0s), pb::STATUS_OK);
  EXPECT_EQ(add_key(crypto::Capability::random(), 0, 0s), pb::STATUS_QUOTA);
  EXPECT_EQ(add_key(key, 0, 0s), pb::STATUS_OK) << "there already";
}

TEST_F(MailroomTest, OnlyTheOwnerChangesTheKeysOfAQueue) {
  Resident eve;
  const auto stranger = eve.register_at(world);
  EXPECT_EQ(world.ask(stranger, remove_key(alice.write_key)).status(), pb::STATUS_REFUSED);
  pb::Request add;
  put(*add.mutable_add_write_key()->mutable_queue(), alice.mailbox.bytes);
  put(*add.mutable_add_write_key()->mutable_key()->mutable_hash(), key.hash());
  EXPECT_EQ(world.ask(stranger, add).status(), pb::STATUS_REFUSED);
  EXPECT_EQ(send(1), pb::STATUS_OK);
  EXPECT_EQ(send(cell_for(alice.mailbox, key, 2)).status(), pb::STATUS_REFUSED);
}

TEST_F(MailroomTest, AFullMailboxSaysWhenToComeBack) {
  world.limits.mailbox_cells = 2;
  EXPECT_EQ(send(1), pb::STATUS_OK);
  const auto last = cell_for(alice, 2);
  EXPECT_EQ(send(last).status(), pb::STATUS_OK);
  const auto response = send(cell_for(alice, 3));
  EXPECT_EQ(response.status(), pb::STATUS_QUOTA);
  EXPECT_GT(response.retry_after_seconds(), 0U);
  EXPECT_EQ(send(last).status(), pb::STATUS_OK) << "a repeat needs no room";
}

TEST_F(MailroomTest, AMailboxIsAlsoFullInBytes) {
  world.limits.mailbox_bytes = 2 * proto::kSmallCellBytes - 1;
  EXPECT_EQ(send(1), pb::STATUS_OK);
  EXPECT_EQ(send(2), pb::STATUS_QUOTA);
}

// A stamp takes about a second to make. These were made beforehand, with StampSearch, for the days
// around crypto::kNow, for known queues and for cells that consist of their mark.
class KnockTest : public MailroomTest {
 protected:
  struct Stamped {
    std::uint8_t mark;
    std::uint64_t stamp;
  };
  static constexpr Stamped kFirst{1, 0xdf60'cc71'a775'18c8}, kSecond{2, 0xb912'e18b'ba5e'eb98},
      kThird{3, 0x0716'917a'0b66'65ca};
  static constexpr Stamped kOfTomorrow{1, 0x4f64'63a9'ebbf'4acd},
      kOfYesterday{1, 0x9c7f'2cc4'e40b'2cc0};
  static constexpr Stamped kTwoDaysAhead{1, 0xb5a5'd8d6'ea52'4823},
      kTwoDaysLate{1, 0xa12c'2010'efde'a998};

  static Resident with_known_queue() {
    Resident resident;
    resident.knock.bytes.fill('k');
    resident.signed_bundle = resident.make_bundle(7);
    return resident;
  }
  static pb::Request stamped(const crypto::QueueId& queue, const Stamped& cell) {
    auto request = cell_for(queue, crypto::Capability::random(), cell.mark);
    request.mutable_send_cell()->clear_write_key();
    request.mutable_send_cell()->set_stamp(cell.stamp);
    return request;
  }
  pb::Status knock(const Stamped& cell) { return send(stamped(bob.knock, cell)).status(); }
  std::int64_t knocks_waiting() {
    return world.store.queues().find(bob.knock.bytes)->cells_waiting;
  }

  Resident bob = with_known_queue();
  ConnectionId bobs_own = bob.register_at(world);
};

TEST_F(KnockTest, AStrangersStampedCellReachesTheReader) {
  EXPECT_EQ(knock(kFirst), pb::STATUS_OK);
  const auto reader = bob.reconnect(world);
  EXPECT_EQ(world.ask(reader, bob.subscription(bob.knock)).subscribed().waiting_cells(), 1U);
  const auto pushed = world.take_pushes(reader);
  ASSERT_EQ(marks(pushed), (std::vector<std::uint8_t>{1}));
  world.ask(reader, acknowledgement(pushed));
  EXPECT_EQ(knocks_waiting(), 0);
}

// I10. The bytes; what is looked up is in Mailroom::try_send, and a bad stamp needs no look-up.
TEST_F(KnockTest, BadStampWrongKeyUnknownQueueAndWrongKindAreTheSameBytes) {
  const Stamped bad{1, kFirst.stamp + 1};
  crypto::QueueId unknown;
  unknown.bytes.fill('u');
  crypto::QueueId mailbox;
  mailbox.bytes.fill('m');
  ASSERT_EQ(world.ask(bobs_own, new_queue(mailbox, key)).status(), pb::STATUS_OK);
  std::set<std::string> answers;
  for (const auto& cell :
       {stamped(bob.knock, bad), stamped(alice.mailbox, bad),
        stamped(unknown, {1, 0x3df1'8fc7'129a'd1fd}), stamped(mailbox, {1, 0x8a03'251e'8f15'9a9f}),
        cell_for(bob.knock, bob.write_key, 1),
        cell_for(bob.mailbox, crypto::Capability::random(), 1)}) {
    auto response = send(cell);
    EXPECT_EQ(response.status(), pb::STATUS_REFUSED);
    response.clear_number();
    answers.insert(response.SerializeAsString());
  }
  EXPECT_EQ(answers.size(), 1U);
  EXPECT_EQ(knocks_waiting(), 0);
}

TEST_F(KnockTest, AStampMayBeADayOffButNotTwo) {
  EXPECT_EQ(knock(kTwoDaysAhead), pb::STATUS_REFUSED);
  EXPECT_EQ(knock(kTwoDaysLate), pb::STATUS_REFUSED);
  EXPECT_EQ(knocks_waiting(), 0);
  EXPECT_EQ(knock(kOfTomorrow), pb::STATUS_OK);
  EXPECT_EQ(knock(kOfYesterday), pb::STATUS_OK);
  EXPECT_EQ(knocks_waiting(), 1) << "the same cell, paid twice";
}

TEST_F(KnockTest, AStampIsOfNoUseForAnotherCell) {
  EXPECT_EQ(knock({2, kFirst.stamp}), pb::STATUS_REFUSED);
}

TEST_F(KnockTest, OneStampPaysForOneCellInHoweverManyEnvelopes) {
  EXPECT_EQ(knock(kFirst), pb::STATUS_OK);
  EXPECT_EQ(knock(kFirst), pb::STATUS_OK);
  EXPECT_EQ(knocks_waiting(), 1);
  const auto reader = bob.reconnect(world);
  world.ask(reader, bob.subscription(bob.knock));
  world.ask(reader, acknowledgement(world.take_pushes(reader)));
  EXPECT_EQ(knock(kFirst), pb::STATUS_OK) << "and not again when it has been read";
  EXPECT_EQ(knocks_waiting(), 0);
}

TEST_F(KnockTest, StrangersKnockAFewTimes) {
  world.limits.knock_cells = 2;
  const auto first = stamped(bob.knock, kFirst);
  EXPECT_EQ(send(first).status(), pb::STATUS_OK);
  EXPECT_EQ(knock(kSecond), pb::STATUS_OK);
  const auto response = send(stamped(bob.knock, kThird));
  EXPECT_EQ(response.status(), pb::STATUS_QUOTA);
  EXPECT_GT(response.retry_after_seconds(), 0U);
  EXPECT_EQ(send(first).status(), pb::STATUS_OK) << "a repeat needs no room";
  EXPECT_EQ(send(cell_for(bob, 1)).status(), pb::STATUS_OK) << "the mailbox is another queue";
}

TEST_F(KnockTest, AKnockIsKeptForAWeekAndAMailboxsCellLonger) {
  EXPECT_EQ(knock(kFirst), pb::STATUS_OK);
  EXPECT_EQ(send(1), pb::STATUS_OK);
  const auto pass_days = [this](int days) {
    for (int hour = 0; hour < 24 * days; hour += 12) {
      world.pass(12h);
      world.settle();
    }
  };
  pass_days(7);
  EXPECT_EQ(knocks_waiting(), 1);
  pass_days(2);
  EXPECT_EQ(knocks_waiting(), 0);
  EXPECT_EQ(cells_waiting(), 1U);
}

// I3: as behind any refused cell.
TEST_F(KnockTest, NothingIsStoredBehindABadStampOnTheSameConnection) {
  const auto stranger = world.connect_anonymous();
  const auto bad = stamped(bob.knock, {2, kFirst.stamp});
  EXPECT_EQ(world.ask(stranger, bad).status(), pb::STATUS_REFUSED);
  EXPECT_EQ(world.ask(stranger, stamped(bob.knock, kFirst)).status(), pb::STATUS_REFUSED);
  EXPECT_EQ(knock(kFirst), pb::STATUS_OK);
}

// I3, inside one batch: the store side refuses what the network side has not heard of yet.
TEST_F(MailroomTest, NothingIsStoredBehindARefusedCell) {
  world.limits.mailbox_cells = 1;
  EXPECT_EQ(send(1), pb::STATUS_OK);
  const auto reader = alice.reconnect(world);
  world.ask(reader, alice.subscription());
  const auto bob = world.connect_anonymous();
  const auto second = world.request(bob, cell_for(alice, 2));
  world.request(reader, acknowledgement(world.take_pushes(reader)));
  const auto third = world.request(bob, cell_for(alice, 3));
  world.settle();
  EXPECT_EQ(world.take_response(bob, second)->status(), pb::STATUS_QUOTA);
  EXPECT_EQ(world.take_response(bob, third)->status(), pb::STATUS_QUOTA);
  EXPECT_EQ(cells_waiting(), 0U);
}

TEST_F(MailroomTest, ANewQueueMayBeAskedForAgain) {
  const auto queue = crypto::QueueId::random();
  const auto request = new_queue(queue, key);
  EXPECT_EQ(world.ask(own, request).status(), pb::STATUS_OK);
  EXPECT_EQ(world.ask(own, request).status(), pb::STATUS_OK);
  const auto other_key = new_queue(queue, crypto::Capability::random());
  EXPECT_EQ(world.ask(own, other_key).status(), pb::STATUS_CONFLICT);
  Resident eve;
  EXPECT_EQ(world.ask(eve.register_at(world), request).status(), pb::STATUS_CONFLICT);
}

TEST_F(MailroomTest, AnAccountHasABoundedNumberOfQueues) {
  world.limits.queues_per_account = 3;
  EXPECT_EQ(world.ask(own, new_queue(crypto::QueueId::random(), key)).status(), pb::STATUS_OK);
  EXPECT_EQ(world.ask(own, new_queue(crypto::QueueId::random(), key)).status(), pb::STATUS_QUOTA);
}

TEST_F(MailroomTest, LastSequenceIsOfACellThatWaits) {
  for (std::uint8_t mark = 1; mark <= 3; ++mark) EXPECT_EQ(send(mark), pb::STATUS_OK);
  const auto reader = alice.reconnect(world);
  world.ask(reader, alice.subscription());
  auto cells = world.take_pushes(reader);
  cells.erase(cells.begin(), cells.begin() + 2);
  world.ask(reader, acknowledgement(cells));
  const auto again = world.ask(alice.reconnect(world), alice.subscription()).subscribed();
  EXPECT_EQ(again.waiting_cells(), 2U);
  EXPECT_EQ(again.last_sequence(), 2U);
}

}  // namespace
}  // namespace bisik::server
