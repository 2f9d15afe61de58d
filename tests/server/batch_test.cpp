#include "server/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/failing_store.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using storage::StorageError;
using testing::ElementsAre;
using Kind = StorageError::Kind;

// A world whose disk fails when the test says so.
class BatchTest : public testing::Test, public BatchEvents {
 protected:
  BatchTest() {
    own = alice.register_at(world);
    reader = alice.reconnect(world);
    world.ask(reader, alice.subscription());
  }

  void executed(std::vector<Outcome> outcomes) override {
    log.emplace_back("executed");
    for (const auto& outcome : outcomes) statuses.push_back(outcome.response.status());
  }
  void committed() override { log.emplace_back("committed"); }
  void undone() override { log.emplace_back("undone"); }

  Operation send(std::uint8_t mark) {
    auto cell = std::make_shared<const Bytes>(proto::kSmallCellBytes, mark);
    return {{1, mark, cell->size()},
            op::SendCell{alice.mailbox.bytes, alice.write_key.hash(), {mark}, {mark}, cell}};
  }
  Operation acknowledge(Sequence sequence, std::uint8_t mark) {
    return {{2, 1}, op::Acknowledge{alice.mailbox.bytes, {{sequence, {mark}}}}};
  }
  void run(std::vector<Operation> operations) {
    run_batch(failing, world.clerk, operations, world.now, *this);
  }
  std::int64_t cells_waiting() {
    return world.store.queues().find(alice.mailbox.bytes)->cells_waiting;
  }

  World world;
  Resident alice;
  ConnectionId own, reader;
  FailingStore failing{world.store};
  std::vector<std::string> log;
  std::vector<int> statuses;
};

TEST_F(BatchTest, IsExecutedThenCommitted) {
  run({send(1), send(2)});
  EXPECT_THAT(log, ElementsAre("executed", "committed"));
  EXPECT_EQ(cells_waiting(), 2);
}

TEST_F(BatchTest, OnAFullDiskSendsAreToComeBackAndAcknowledgementsStillWork) {
  run({send(1)});
  log.clear();
  statuses.clear();
  failing.fail_next_commit(Kind::full);
  run({send(2), acknowledge(1, 1), send(3)});
  EXPECT_THAT(log, ElementsAre("executed", "undone", "executed", "committed"));
  EXPECT_THAT(std::vector(statuses.begin() + 3, statuses.end()),
              ElementsAre(pb::STATUS_BUSY, pb::STATUS_OK, pb::STATUS_BUSY));
  EXPECT_EQ(cells_waiting(), 0);
}

TEST_F(BatchTest, OnADiskTooFullForAnythingEverythingIsToComeBack) {
  run({send(1)});
  statuses.clear();
  failing.fail_next_commit(Kind::full, 2);
  run({send(2), acknowledge(1, 1)});
  EXPECT_THAT(std::vector(statuses.end() - 2, statuses.end()),
              ElementsAre(pb::STATUS_BUSY, pb::STATUS_BUSY));
  EXPECT_EQ(log.back(), "committed");
  EXPECT_EQ(cells_waiting(), 1);
}

TEST_F(BatchTest, AnyOtherFailureEndsEverything) {
  for (const auto kind : {Kind::io, Kind::corrupt, Kind::busy, Kind::other}) {
    log.clear();
    failing.fail_next_commit(kind);
    EXPECT_THROW(run({send(1)}), StorageError);
    EXPECT_THAT(log, ElementsAre("executed")) << "and is never told to be committed";
    EXPECT_EQ(cells_waiting(), 0);
  }
}

TEST_F(BatchTest, ASweepGivesFreeSpaceBack) {
  run({{{}, op::Sweep{}}});
  EXPECT_EQ(failing.released(), 1);
  run({send(1)});
  EXPECT_EQ(failing.released(), 1);
}

// The whole relay over a disk that fills up: readers and senders see the right thing.
class FullDiskTest : public BatchTest {
 protected:
  void run_world_batch() {  // world's operations, on the failing store
    world.run_one_batch_on(failing);
  }
};

TEST_F(FullDiskTest, WhatWasPushedAndThenUndoneIsReplacedByWhatComesInItsPlace) {
  const auto bob = world.connect_anonymous();
  const auto number = world.request(bob, cell_for(alice, 1));
  failing.fail_next_commit(Kind::full);
  run_world_batch();
  world.settle();
  EXPECT_EQ(world.take_response(bob, number)->status(), pb::STATUS_BUSY);
  const auto lost = world.take_pushes(reader);
  EXPECT_THAT(marks(lost), ElementsAre(1));

  EXPECT_EQ(world.ask(world.connect_anonymous(), cell_for(alice, 2)).status(), pb::STATUS_OK);
  const auto kept = world.take_pushes(reader);
  EXPECT_THAT(marks(kept), ElementsAre(2));
  EXPECT_EQ(kept[0].sequence(), lost[0].sequence());

  world.ask(reader, acknowledgement(lost));
  EXPECT_EQ(cells_waiting(), 1) << "acknowledging the lost one must not remove the other";
  world.ask(reader, acknowledgement(kept));
  EXPECT_EQ(cells_waiting(), 0);
}

TEST_F(FullDiskTest, EveryRequestOfAnUndoneBatchIsAnsweredOnce) {
  const auto bob = world.connect_anonymous();
  const auto subscriber = alice.reconnect(world);
  const auto sent = world.request(bob, cell_for(alice, 1));
  const auto subscribed = world.request(subscriber, alice.subscription());
  const auto fetched = world.request(bob, fetch(alice));
  failing.fail_next_commit(Kind::full);
  run_world_batch();
  world.settle();
  EXPECT_EQ(world.take_response(bob, sent)->status(), pb::STATUS_BUSY);
  EXPECT_EQ(world.take_response(subscriber, subscribed)->status(), pb::STATUS_OK);
  EXPECT_EQ(world.take_response(bob, fetched)->status(), pb::STATUS_BUSY);
  EXPECT_FALSE(world.take_response(subscriber, subscribed));
  EXPECT_EQ(world.relay.operations_waiting(), 0U);
}

TEST_F(FullDiskTest, AReaderWhosePageWasRefusedGetsItLater) {
  world.disconnect(reader);
  for (int i = 0; i < 3; ++i) world.ask(world.connect_anonymous(), cell_for(alice, 1));
  reader = alice.reconnect(world);
  world.request(reader, alice.subscription());
  world.run_one_batch();  // answered; the second look is asked for
  failing.fail_next_commit(Kind::full, 2);
  run_world_batch();
  world.settle();
  EXPECT_EQ(world.ask(world.connect_anonymous(), cell_for(alice, 9)).status(), pb::STATUS_OK);
  EXPECT_THAT(marks(world.take_pushes(reader)), ElementsAre(1, 1, 1, 9));
}

}  // namespace
}  // namespace bisik::server
