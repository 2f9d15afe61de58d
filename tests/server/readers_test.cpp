#include "server/readers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Alice reads, Bob writes without a name.
class ReadersTest : public testing::Test {
 protected:
  ReadersTest() {
    world.limits.push_window_cells = 4;
    world.limits.push_window_bytes = 4 * proto::kLargeCellBytes;
  }

  void send(std::initializer_list<std::uint8_t> cells) {
    for (const auto mark : cells) world.request(bob, cell_for(alice, mark));
    world.settle();
  }
  ConnectionId subscribe() {
    const auto connection = alice.reconnect(world);
    EXPECT_EQ(world.ask(connection, alice.subscription()).status(), pb::STATUS_OK);
    return connection;
  }
  std::vector<std::uint8_t> pushed(ConnectionId reader) {
    last_ = world.take_pushes(reader);
    return marks(last_);
  }
  // What pushed() has seen last.
  void acknowledge(ConnectionId reader) {
    EXPECT_EQ(world.ask(reader, acknowledgement(last_)).status(), pb::STATUS_OK);
  }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
  ConnectionId bob = world.connect_anonymous();
  std::vector<pb::Cell> last_;
};

TEST_F(ReadersTest, WhatWaitsComesFirstAndInOrder) {
  send({1, 2, 3});
  const auto reader = alice.reconnect(world);
  const auto response = world.ask(reader, alice.subscription());
  EXPECT_EQ(response.subscribed().waiting_cells(), 3U);
  EXPECT_EQ(response.subscribed().last_sequence(), 3U);
  EXPECT_THAT(pushed(reader), ElementsAre(1, 2, 3));
}

TEST_F(ReadersTest, TheResponseComesBeforeThePushes) {
  send({1});
  const auto reader = alice.reconnect(world);
  world.request(reader, alice.subscription());
  world.settle();
  ASSERT_EQ(world.inbox(reader).size(), 2U);
  EXPECT_TRUE(world.inbox(reader)[0].has_response());
  EXPECT_TRUE(world.inbox(reader)[1].has_push());
}

TEST_F(ReadersTest, ANewCellIsPushedBeforeItsCommitAndAnsweredAfterIt) {
  const auto reader = subscribe();
  const auto number = world.request(bob, cell_for(alice, 1));
  bool looked = false;
  world.before_commit = [&] {
    looked = true;
    EXPECT_THAT(pushed(reader), ElementsAre(1));
    EXPECT_FALSE(world.take_response(bob, number)) << "acknowledged before it was on the disk";
  };
  world.run_one_batch();
  EXPECT_TRUE(looked);
  EXPECT_EQ(world.take_response(bob, number)->status(), pb::STATUS_OK);
}

TEST_F(ReadersTest, WhatIsSentAgainOnTheNextConnectionIsNotPushedTwice) {
  const auto reader = subscribe();
  const auto cell = cell_for(alice, 1);
  EXPECT_EQ(world.ask(bob, cell).status(), pb::STATUS_OK);
  EXPECT_EQ(world.ask(world.connect_anonymous(), cell).status(), pb::STATUS_OK);
  EXPECT_THAT(pushed(reader), ElementsAre(1));
}

TEST_F(ReadersTest, CellsStoredWhileTheSubscriptionIsOnItsWayAreNotMissed) {
  const auto reader = alice.reconnect(world);
  world.request(bob, cell_for(alice, 1));
  world.request(reader, alice.subscription());
  world.request(bob, cell_for(alice, 2));
  bool first_batch = true;
  world.before_commit = [&] {  // arrives during the batch, stored in the next one
    if (std::exchange(first_batch, false)) world.request(bob, cell_for(alice, 3));
  };
  world.settle();
  EXPECT_THAT(pushed(reader), ElementsAre(1, 2, 3));
}

TEST_F(ReadersTest, AReaderGetsOneWindowAndThenMoreAsItAcknowledges) {
  const auto reader = subscribe();
  send({1, 2, 3, 4, 5, 6, 7});
  EXPECT_THAT(pushed(reader), ElementsAre(1, 2, 3, 4));
  acknowledge(reader);
  EXPECT_THAT(pushed(reader), ElementsAre(5, 6, 7));
  acknowledge(reader);
  send({8});
  EXPECT_THAT(pushed(reader), ElementsAre(8)) << "caught up again";
}

TEST_F(ReadersTest, TheWindowIsAlsoOneOfBytes) {
  world.limits.push_window_bytes = 2 * proto::kLargeCellBytes;
  const auto reader = subscribe();
  for (std::uint8_t mark = 1; mark <= 3; ++mark) {
    auto cell = cell_for(alice, mark);
    cell.mutable_send_cell()->mutable_cell()->resize(proto::kLargeCellBytes);
    world.request(bob, cell);
  }
  world.settle();
  EXPECT_THAT(pushed(reader), ElementsAre(1, 2));
  acknowledge(reader);
  EXPECT_THAT(pushed(reader), ElementsAre(3));
}

TEST_F(ReadersTest, WhoLeavesOutTheFirstGetsTwoWindowsAndNoMore) {
  const auto reader = subscribe();
  send({1});
  const auto first = world.take_pushes(reader);
  std::size_t others = 0;
  for (int i = 0; i < 20; ++i) {
    send({2});
    others += pushed(reader).size();
    if (!last_.empty()) acknowledge(reader);
  }
  EXPECT_LT(others, 2 * world.limits.push_window_cells);
  EXPECT_EQ(world.ask(reader, acknowledgement(first)).status(), pb::STATUS_OK);
  for (; !pushed(reader).empty(); acknowledge(reader)) others += last_.size();
  EXPECT_EQ(others, 20U);
}

TEST_F(ReadersTest, AcknowledgedCellsAreGoneAndTheOthersComeAgain) {
  send({1, 2, 3});
  auto reader = subscribe();
  auto cells = world.take_pushes(reader);
  cells.erase(cells.begin());
  EXPECT_EQ(world.ask(reader, acknowledgement(cells)).status(), pb::STATUS_OK);
  world.disconnect(reader);
  EXPECT_THAT(pushed(subscribe()), ElementsAre(1));
}

TEST_F(ReadersTest, WithoutTheRightEnvelopeNothingIsAcknowledged) {
  send({1});
  const auto reader = subscribe();
  auto cells = world.take_pushes(reader);
  cells[0].set_envelope_id(std::string(16, 'x'));
  EXPECT_EQ(world.ask(reader, acknowledgement(cells)).status(), pb::STATUS_OK);
  world.disconnect(reader);
  EXPECT_THAT(pushed(subscribe()), ElementsAre(1));
}

TEST_F(ReadersTest, OnlyTheReaderOfAQueueMayAcknowledge) {
  send({1});
  const auto reader = subscribe();
  const auto cells = world.take_pushes(reader);
  Resident eve;
  const auto stranger = eve.register_at(world);
  EXPECT_EQ(world.ask(stranger, acknowledgement(cells)).status(), pb::STATUS_REFUSED);
  EXPECT_EQ(world.ask(own, acknowledgement(cells)).status(), pb::STATUS_REFUSED);
  world.disconnect(reader);
  EXPECT_THAT(pushed(subscribe()), ElementsAre(1));
}

TEST_F(ReadersTest, TheNewestSubscriptionWinsAndTheOlderConnectionEnds) {
  const auto older = subscribe();
  send({1});
  const auto newer = subscribe();
  EXPECT_TRUE(world.is_closed(older));
  send({2});
  EXPECT_THAT(pushed(newer), ElementsAre(1, 2));
  EXPECT_THAT(pushed(older), ElementsAre(1));
}

TEST_F(ReadersTest, SubscribingAgainOnTheSameConnectionBeginsAnew) {
  send({1, 2});
  const auto reader = subscribe();
  EXPECT_THAT(pushed(reader), ElementsAre(1, 2));
  EXPECT_EQ(world.ask(reader, alice.subscription()).status(), pb::STATUS_OK);
  EXPECT_FALSE(world.is_closed(reader));
  EXPECT_THAT(pushed(reader), ElementsAre(1, 2));
}

TEST_F(ReadersTest, TheEndOfAnOlderConnectionLeavesTheNewerReading) {
  const auto older = subscribe();
  const auto newer = subscribe();
  world.disconnect(older);
  send({1});
  EXPECT_THAT(pushed(newer), ElementsAre(1));
}

TEST_F(ReadersTest, AReaderThatIsGoneGetsNothing) {
  const auto reader = subscribe();
  world.disconnect(reader);
  send({1});
  EXPECT_THAT(pushed(reader), IsEmpty());
}

TEST_F(ReadersTest, SubscriptionsOfOneConnectionAreBounded) {
  world.limits.subscriptions_per_connection = 1;
  const auto reader = subscribe();
  const auto response = world.ask(reader, alice.subscription(alice.knock));
  EXPECT_EQ(response.status(), pb::STATUS_QUOTA);
  EXPECT_EQ(world.ask(reader, alice.subscription()).status(), pb::STATUS_OK);
}

TEST_F(ReadersTest, WrongReadKeyAndUnknownQueueAreAnsweredAlike) {
  Resident eve;
  const auto stranger = eve.register_at(world);
  auto wrong_key = alice.subscription();
  put(*wrong_key.mutable_subscribe()->mutable_read_key(), crypto::Capability::random().bytes());
  auto unknown = wrong_key;
  put(*unknown.mutable_subscribe()->mutable_queue(), crypto::QueueId::random().bytes);
  auto first = world.ask(stranger, wrong_key);
  auto second = world.ask(stranger, unknown);
  EXPECT_EQ(first.status(), pb::STATUS_REFUSED);
  first.clear_number();
  second.clear_number();
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

}  // namespace
}  // namespace bisik::server
