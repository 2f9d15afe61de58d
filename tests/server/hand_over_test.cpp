// Cells that are pushed before the store has them (readers.hpp): when that is certain enough, and
// what becomes of them where it was not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "proto/frame.hpp"
#include "server/readers.hpp"
#include "tests/server/failing_store.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// Alice reads; Bob has written to her once, and that is stored, read and acknowledged.
class HandOverTest : public testing::Test {
 protected:
  HandOverTest() {
    EXPECT_EQ(world.ask(reader, alice.subscription()).status(), pb::STATUS_OK);
    EXPECT_EQ(world.ask(bob, cell_for(alice, 1)).status(), pb::STATUS_OK);
    acknowledge(world.take_pushes(reader));
  }

  std::vector<std::uint8_t> pushed() {
    last = world.take_pushes(reader);
    return marks(last);
  }
  std::vector<std::uint64_t> places() const {
    std::vector<std::uint64_t> found;
    for (const auto& cell : last) found.push_back(cell.sequence());
    return found;
  }
  void acknowledge(const std::vector<pb::Cell>& cells) {
    EXPECT_EQ(world.ask(reader, acknowledgement(cells)).status(), pb::STATUS_OK);
  }
  // Of Bob; nothing is executed yet.
  void send(std::initializer_list<std::uint8_t> cells) {
    for (const auto mark : cells) world.request(bob, cell_for(alice, mark));
  }
  static pb::Request numbered(pb::Request request) {
    request.set_number(1'000'000);
    return request;
  }
  // Of Alice, for a key of hers; not executed yet.
  void ask_to_remove(const crypto::Capability& key) {
    world.request(reader, removing_key(alice, key));
  }
  crypto::Capability add_key(std::uint32_t cells, std::chrono::seconds lifetime) {
    const auto key = crypto::Capability::random();
    EXPECT_EQ(world.ask(reader, adding_key(alice, key, cells, lifetime)).status(), pb::STATUS_OK);
    return key;
  }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
  ConnectionId reader = alice.reconnect(world);
  ConnectionId bob = world.connect_anonymous();
  std::vector<pb::Cell> last;
};

TEST_F(HandOverTest, WhoHasWrittenBeforeIsReadBeforeTheStoreHasItAndAnsweredAfterTheCommit) {
  const auto number = world.request(bob, cell_for(alice, 2));
  EXPECT_THAT(pushed(), ElementsAre(2));
  EXPECT_FALSE(world.take_response(bob, number)) << "acknowledged before it was on the disk";
  world.settle();
  EXPECT_EQ(world.take_response(bob, number)->status(), pb::STATUS_OK);
  EXPECT_THAT(pushed(), IsEmpty()) << "once is enough";
}

TEST_F(HandOverTest, WhatWasHandedOverHasThePlaceAtWhichItIsStored) {
  for (const auto mark : std::initializer_list<std::uint8_t>{2, 3, 4})
    world.request(bob, cell_for(alice, mark));
  EXPECT_THAT(pushed(), ElementsAre(2, 3, 4));
  const auto handed_over = places();
  world.settle();
  ASSERT_EQ(world.ask(reader, alice.subscription()).status(), pb::STATUS_OK);
  EXPECT_THAT(pushed(), ElementsAre(2, 3, 4));
  EXPECT_EQ(places(), handed_over);
}

TEST_F(HandOverTest, AnAcknowledgementOvertakesNothing) {
  world.request(bob, cell_for(alice, 2));
  acknowledge(world.take_pushes(reader));  // on its way behind the cell itself
  const auto response = world.ask(reader, alice.subscription());
  EXPECT_EQ(response.subscribed().waiting_cells(), 0U);
}

TEST_F(HandOverTest, AnotherConnectionWaitsForTheStoreOnceAndSoDoesWhoComesBehindIt) {
  const auto carol = world.connect_anonymous();
  world.request(carol, cell_for(alice, 2));
  world.request(bob, cell_for(alice, 3));  // might else be read before what is stored before it
  EXPECT_THAT(pushed(), IsEmpty());
  world.settle();
  EXPECT_THAT(pushed(), ElementsAre(2, 3));
  world.request(bob, cell_for(alice, 4));
  EXPECT_THAT(pushed(), ElementsAre(4));
}

TEST_F(HandOverTest, ARefusedCellKeepsNobodyWaitingForLong) {
  const auto eve = world.connect_anonymous();
  world.request(eve, cell_for(alice.mailbox, crypto::Capability::random(), 9));
  world.request(bob, cell_for(alice, 2));
  EXPECT_THAT(pushed(), IsEmpty());
  world.settle();
  world.request(bob, cell_for(alice, 3));
  EXPECT_THAT(pushed(), ElementsAre(2, 3));
}

TEST_F(HandOverTest, OneRightKeyIsNoReasonToTrustAnother) {
  world.request(bob, cell_for(alice.mailbox, crypto::Capability::random(), 2));
  EXPECT_THAT(pushed(), IsEmpty());
}

TEST_F(HandOverTest, WhoseKeyIsBeingRemovedWaitsForTheStore) {
  ask_to_remove(alice.write_key);
  const auto number = world.request(bob, cell_for(alice, 2));
  world.settle();
  EXPECT_THAT(pushed(), IsEmpty());
  EXPECT_EQ(world.take_response(bob, number)->status(), pb::STATUS_REFUSED);
}

TEST_F(HandOverTest, WhatIsOnItsWayWhileItsKeyIsRemovedIsNoReasonToTrustIt) {
  const auto eve = world.connect_anonymous();
  world.request(eve, cell_for(alice, 2));
  ask_to_remove(alice.write_key);
  world.settle();
  EXPECT_THAT(pushed(), ElementsAre(2)) << "it came before the key went";
  world.request(eve, cell_for(alice, 3));
  EXPECT_THAT(pushed(), IsEmpty());
}

TEST_F(HandOverTest, KeysWithLimitsAreTheStoresToDecideAbout) {
  const std::vector<std::pair<std::uint32_t, std::chrono::seconds>> limits{{1, 0s}, {0, 60s}};
  for (const auto& [cells, lifetime] : limits) {
    const auto key = add_key(cells, lifetime);
    EXPECT_EQ(world.ask(bob, cell_for(alice.mailbox, key, 2)).status(), pb::STATUS_OK);
    EXPECT_THAT(pushed(), ElementsAre(2));
    world.now.wall += 61s;
    const auto number = world.request(bob, cell_for(alice.mailbox, key, 3));
    world.settle();
    EXPECT_THAT(pushed(), IsEmpty());
    EXPECT_EQ(world.take_response(bob, number)->status(), pb::STATUS_REFUSED);
    bob = world.connect_anonymous();
  }
}

TEST_F(HandOverTest, ARepeatGivesItsPlaceToTheNext) {
  const auto cell = cell_for(alice, 2);
  world.request(bob, cell);
  world.request(bob, cell);
  EXPECT_THAT(pushed(), ElementsAre(2, 2));
  const auto place = places().front();
  acknowledge(last);
  world.request(bob, cell_for(alice, 3));
  world.settle();
  EXPECT_THAT(pushed(), ElementsAre(3));
  EXPECT_THAT(places(), ElementsAre(place + 1)) << "that of the repeat";
}

TEST_F(HandOverTest, AFullMailboxGivesThePlaceAgainOnceThereIsRoom) {
  world.limits.mailbox_cells = 2;
  const std::vector numbers{world.request(bob, cell_for(alice, 2)),
                            world.request(bob, cell_for(alice, 3)),
                            world.request(bob, cell_for(alice, 4))};
  EXPECT_THAT(pushed(), ElementsAre(2, 3, 4));
  const auto place = places().back();
  world.settle();
  EXPECT_EQ(world.take_response(bob, numbers[1])->status(), pb::STATUS_OK);
  EXPECT_EQ(world.take_response(bob, numbers[2])->status(), pb::STATUS_QUOTA);
  acknowledge(last);
  const auto again = world.connect_anonymous();
  EXPECT_EQ(world.ask(again, cell_for(alice, 5)).status(), pb::STATUS_OK);
  EXPECT_THAT(pushed(), ElementsAre(5));
  EXPECT_THAT(places(), ElementsAre(place));
}

TEST_F(HandOverTest, AFullDiskGivesThePlacesAgainOnceThereIsRoom) {
  FailingStore disk{world.store};
  disk.fail_next_commit(storage::StorageError::Kind::full);
  world.request(bob, cell_for(alice, 2));
  bool first_batch = true;
  world.before_commit = [&] {  // arrives meanwhile
    if (std::exchange(first_batch, false)) world.request(bob, cell_for(alice, 3));
  };
  world.run_one_batch_on(disk);
  EXPECT_THAT(pushed(), ElementsAre(2, 3));
  const auto place = places().front();
  world.settle();
  EXPECT_THAT(pushed(), IsEmpty()) << "the second is refused for the sake of the first";
  const auto again = world.connect_anonymous();
  for (const auto mark : std::initializer_list<std::uint8_t>{2, 3})
    world.ask(again, cell_for(alice, mark));
  EXPECT_THAT(pushed(), ElementsAre(2, 3));
  EXPECT_THAT(places(), ElementsAre(place, place + 1));
}

TEST_F(HandOverTest, AFullWindowWaits) {
  world.limits.push_window_cells = 2;
  for (const auto mark : std::initializer_list<std::uint8_t>{2, 3, 4})
    world.request(bob, cell_for(alice, mark));
  EXPECT_THAT(pushed(), ElementsAre(2, 3));
  world.settle();
  EXPECT_THAT(world.take_pushes(reader), IsEmpty());
  acknowledge(last);
  EXPECT_THAT(pushed(), ElementsAre(4));
}

// An exception on the way, say, for want of memory: it ends the writer's connection alone.
TEST_F(HandOverTest, WhatTheStoreNeverHearsOfHidesNothingThatComesInItsPlace) {
  const auto lost =
      world.relay.on_frame(bob, proto::encode(numbered(cell_for(alice, 2))), world.now);
  EXPECT_EQ(lost.frames.size(), 1U);
  EXPECT_EQ(world.ask(world.connect_anonymous(), cell_for(alice, 3)).status(), pb::STATUS_OK);
  EXPECT_THAT(pushed(), ElementsAre(3));
}

// However many write: each is known for a while, and nobody is kept for ever.
TEST_F(HandOverTest, TheWritersThatAreKnownAreBounded) {
  for (int i = 0; i < 100; ++i) world.ask(world.connect_anonymous(), cell_for(alice, 2));
  EXPECT_FALSE(pushed().empty());
  world.request(bob, cell_for(alice, 3));
  EXPECT_THAT(pushed(), IsEmpty());
}

// Outcomes that come later than what was sent meanwhile, as they do from another thread.
class LateOutcomesTest : public testing::Test {
 protected:
  LateOutcomesTest() {
    readers.open(kReader, {.queue = kQueue, .subscription = 1, .cells = {}, .end = true}, effects);
    readers.page({.queue = kQueue, .subscription = 1, .cells = {}, .end = true}, effects);
  }
  Sequence send(std::uint64_t order) {
    return readers.hand_over({.connection = kWriter, .order = order},
                             {kQueue, op::WriteKeyHash{kKey}, {}, {}, kCell}, effects);
  }
  void stored(std::uint64_t order, Sequence place) {
    readers.stored({.connection = kWriter, .order = order}, {kQueue, place, {}, kCell, kKey},
                   effects);
  }

  op::ReadPage last_page() const {
    return std::get<op::ReadPage>(effects.operations.back().action);
  }

  static constexpr ConnectionId kReader = 1;
  static constexpr ConnectionId kWriter = 2;
  static constexpr Id kQueue{1};
  static constexpr Id kKey{2};
  static inline const auto kCell = std::make_shared<const Bytes>(proto::kSmallCellBytes);

  Limits limits;
  Readers readers{limits};
  Effects effects;
};

TEST_F(LateOutcomesTest, TheNextPlaceIsKnownWhenAllThatWasSentBeforeIsStored) {
  EXPECT_EQ(send(1), 0);
  EXPECT_EQ(send(2), 0);
  stored(1, 7);
  EXPECT_EQ(send(3), 0) << "the second is on its way";
  stored(2, 8);
  EXPECT_EQ(send(4), 0) << "the third is";
  stored(3, 9);
  stored(4, 10);
  EXPECT_EQ(send(5), 11);
  EXPECT_EQ(send(6), 12);
}

TEST_F(LateOutcomesTest, WhereOneWasNotStoredThoseBehindItTellNoPlace) {
  EXPECT_EQ(send(1), 0);
  stored(1, 7);
  EXPECT_EQ(send(2), 8);
  EXPECT_EQ(send(3), 9);
  readers.undone(kQueue, 8, effects);  // so that the third is stored as 8
  EXPECT_EQ(send(4), 0);
}

// The page that was asked for after the first would pass over what takes the place of the second.
TEST_F(LateOutcomesTest, WhereMoreIsUndoneThePageIsAskedForFromThere) {
  EXPECT_EQ(send(1), 0);
  stored(1, 7);
  EXPECT_EQ(send(2), 8);
  EXPECT_EQ(send(3), 9);
  readers.undone(kQueue, 9, effects);
  const auto earlier = last_page();
  EXPECT_EQ(earlier.after, 8);
  readers.undone(kQueue, 8, effects);
  EXPECT_EQ(last_page().after, 7);
  readers.page({.queue = kQueue, .subscription = earlier.subscription, .cells = {}, .end = true},
               effects);
  stored(4, 8);
  EXPECT_THAT(effects.frames, testing::SizeIs(3)) << "it comes with the page";
}

// What a reader gets is what is stored, each at its place, whatever comes together. Who
// acknowledges every cell under the place at which it came leaves none behind.
TEST_F(HandOverTest, WhateverComesTogetherEveryStoredCellIsReadAtItsPlace) {
  std::minstd_rand random{7};
  const auto one_in = [&](std::uint32_t n) { return random() % n == 0; };
  FailingStore disk{world.store};
  world.limits.push_window_cells = 6;
  std::vector writers{bob, world.connect_anonymous(), world.connect_anonymous()};
  auto latest = cell_for(alice, 2);
  std::size_t handed_over = 0;
  for (int step = 0; step < 20'000; ++step) {
    auto& writer = writers[random() % writers.size()];
    if (one_in(50)) {
      world.disconnect(writer);
      writer = world.connect_anonymous();
    }
    if (!one_in(20)) latest = cell_for(alice, 2);
    world.request(writer, latest);
    handed_over += pushed().size();
    if (!last.empty()) world.request(reader, acknowledgement(last));
    if (one_in(3)) {
      if (one_in(100)) disk.fail_next_commit(storage::StorageError::Kind::full);
      world.run_one_batch_on(disk);
    }
    if (one_in(2'000)) world.request(reader, alice.subscription());
  }
  for (world.settle(); !pushed().empty(); world.settle()) acknowledge(last);
  EXPECT_GT(handed_over, 1'000U) << "or this shows nothing";
  EXPECT_EQ(world.store.queues().find(alice.mailbox.bytes)->cells_waiting, 0);
  EXPECT_GT(world.store.queues().find(alice.mailbox.bytes)->next_sequence, 10'000);
}

}  // namespace
}  // namespace bisik::server
