// What several devices of one account, and a device that is still to become one, do at queues.
#include <gtest/gtest.h>

#include "server/mailroom.hpp"
#include "tests/server/devices.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class SeveralDevicesTest : public testing::Test {
 protected:
  SeveralDevicesTest() {
    const auto both = list_after(alice.list, alice, {alice.device.record, tablet.device.record});
    EXPECT_EQ(ask(own, addition(world, alice, both, tablet, alice.handshake)), pb::STATUS_OK);
    tablets = tablet.connect(world);
    EXPECT_EQ(ask(tablets, new_queue(tablet.mailbox, pb::QUEUE_KIND_MAILBOX, tablet.read_key,
                                     tablet.write_key)),
              pb::STATUS_OK);
  }
  pb::Status ask(ConnectionId from, const pb::Request& request) {
    return world.ask(from, request).status();
  }
  // For comparing answers byte by byte.
  std::string answer(ConnectionId from, const pb::Request& request) {
    auto response = world.ask(from, request);
    response.clear_number();
    return response.SerializeAsString();
  }
  static pb::Request add_key(const crypto::QueueId& queue, const crypto::Capability& added) {
    pb::Request request;
    put(*request.mutable_add_write_key()->mutable_queue(), queue.bytes);
    put(*request.mutable_add_write_key()->mutable_key()->mutable_hash(), added.hash());
    return request;
  }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
  FurtherDevice tablet{alice, 2};
  ConnectionId tablets = 0;
  crypto::Capability key = crypto::Capability::random();
};

// Blocking somebody on one device changes the secret for all of them.
TEST_F(SeveralDevicesTest, EachChangesTheWriteKeysOfAll) {
  EXPECT_EQ(ask(tablets, add_key(alice.mailbox, key)), pb::STATUS_OK);
  EXPECT_EQ(ask(world.connect_anonymous(), cell_for(alice.mailbox, key, 1)), pb::STATUS_OK);
  pb::Request remove;
  put(*remove.mutable_remove_write_key()->mutable_queue(), alice.mailbox.bytes);
  put(*remove.mutable_remove_write_key()->mutable_hash(), key.hash());
  EXPECT_EQ(ask(tablets, remove), pb::STATUS_OK);
  EXPECT_EQ(ask(world.connect_anonymous(), cell_for(alice.mailbox, key, 2)), pb::STATUS_REFUSED);
}

TEST_F(SeveralDevicesTest, SendCopiesToEachOther) {
  EXPECT_EQ(ask(tablets, subscription(tablet.mailbox, tablet.read_key)), pb::STATUS_OK);
  const auto cell = cell_for(tablet.mailbox, tablet.write_key, 1);
  const auto number = world.request(own, cell);
  world.before_commit = [&] {
    EXPECT_FALSE(world.take_response(own, number)) << "acknowledged before it was on the disk";
  };
  world.run_one_batch();
  EXPECT_EQ(world.take_response(own, number)->status(), pb::STATUS_OK);
  EXPECT_EQ(marks(world.take_pushes(tablets)), (std::vector<std::uint8_t>{1}));
  world.before_commit = [] {};
  EXPECT_EQ(ask(own, cell), pb::STATUS_OK) << "asked again";
  EXPECT_TRUE(world.take_pushes(tablets).empty());
}

// I10, and no way to tell the relay who writes to whom.
TEST_F(SeveralDevicesTest, AnotherAccountsQueueOnAnOwnConnectionIsLikeOneThatIsNotThere) {
  Resident bob;
  bob.register_at(world);
  std::set<std::string> answers;
  for (const auto& cell : {cell_for(bob, 1), cell_for(crypto::QueueId::random(), key, 1),
                           cell_for(tablet.mailbox, key, 1)}) {
    answers.insert(answer(own, cell));
    EXPECT_EQ(ask(own, cell), pb::STATUS_REFUSED);
  }
  EXPECT_EQ(answers.size(), 1U);
  EXPECT_EQ(world.store.queues().find(bob.mailbox.bytes)->cells_waiting, 0);
  EXPECT_EQ(ask(own, cell_for(tablet.mailbox, tablet.write_key, 2)), pb::STATUS_REFUSED)
      << "nothing is stored behind a refused cell";
}

TEST_F(SeveralDevicesTest, AKeyWithoutAnAccountSendsNothingUnderItsName) {
  Resident bob;
  const auto connection = bob.reconnect(world);
  EXPECT_EQ(ask(connection, cell_for(alice, 1)), pb::STATUS_NOT_REGISTERED);
  EXPECT_EQ(ask(connection, cell_for(alice, 2)), pb::STATUS_NOT_REGISTERED);
  EXPECT_EQ(ask(world.connect_anonymous(), cell_for(alice, 2)), pb::STATUS_OK);
}

// I3, inside one batch: it becomes a device between its first cell and its second.
TEST_F(SeveralDevicesTest, NothingIsStoredBehindACellOfAKeyThatWasNotKnownYet) {
  const FurtherDevice phone{alice, 3};
  const auto list =
      crypto::DeviceList::parse(world.store.bundles().newest_list(alice.account.id().bytes)->bytes);
  auto records = list->records();
  records.push_back(phone.device.record);
  const auto connection = phone.connect(world);
  const auto first = world.request(connection, cell_for(alice, 1));
  world.request(own, addition(world, alice, list_after(*list, alice, std::move(records)), phone,
                              alice.handshake));
  const auto second = world.request(connection, cell_for(alice, 2));
  world.settle();
  EXPECT_EQ(world.take_response(connection, first)->status(), pb::STATUS_NOT_REGISTERED);
  EXPECT_EQ(world.take_response(connection, second)->status(), pb::STATUS_NOT_REGISTERED);
  EXPECT_EQ(ask(phone.connect(world), cell_for(alice, 1)), pb::STATUS_OK) << "a device by now";
}

class RendezvousTest : public SeveralDevicesTest {
 protected:
  RendezvousTest() {
    world.limits.silence_seconds = 24 * 3600;
    EXPECT_EQ(create(offer), pb::STATUS_OK);
  }
  pb::Status create(const crypto::QueueId& queue) {
    return ask(own, new_queue(queue, pb::QUEUE_KIND_RENDEZVOUS, read_key, key));
  }
  pb::Request subscribe() const { return subscription(offer, read_key); }
  pb::Status send(std::uint8_t mark) {
    return ask(world.connect_anonymous(), cell_for(offer, key, mark));
  }

  crypto::QueueId offer = crypto::QueueId::random();
  crypto::Capability read_key = crypto::Capability::random();
};

TEST_F(RendezvousTest, IsReadByWhoeverHasTheReadKey) {
  EXPECT_EQ(ask(own, cell_for(offer, key, 1)), pb::STATUS_OK);
  const auto reader = world.connect_anonymous();
  EXPECT_EQ(world.ask(reader, subscribe()).subscribed().waiting_cells(), 1U);
  EXPECT_EQ(send(2), pb::STATUS_OK);
  const auto cells = world.take_pushes(reader);
  EXPECT_EQ(marks(cells), (std::vector<std::uint8_t>{1, 2}));
  EXPECT_EQ(ask(reader, acknowledgement(cells)), pb::STATUS_OK);
  EXPECT_EQ(world.store.queues().find(offer.bytes)->cells_waiting, 0);
}

TEST_F(RendezvousTest, TheOwnerReadsItAsAnyOther) {
  EXPECT_EQ(send(1), pb::STATUS_OK);
  EXPECT_EQ(ask(own, subscribe()), pb::STATUS_OK);
  EXPECT_EQ(marks(world.take_pushes(own)), (std::vector<std::uint8_t>{1}));
}

// I10. The bytes; the time is in the one look-up of Mailroom::subscribe.
TEST_F(RendezvousTest, NothingElseIsReadWithoutAName) {
  std::set<std::string> answers;
  for (const auto& request :
       {alice.subscription(), alice.subscription(alice.knock), subscription(offer, key),
        subscription(crypto::QueueId::random(), read_key)}) {
    const auto reader = world.connect_anonymous();
    answers.insert(answer(reader, request));
    EXPECT_EQ(ask(reader, request), pb::STATUS_REFUSED);
  }
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(RendezvousTest, OnlyItsReaderAcknowledges) {
  EXPECT_EQ(send(1), pb::STATUS_OK);
  const auto reader = world.connect_anonymous();
  EXPECT_EQ(ask(reader, subscribe()), pb::STATUS_OK);
  const auto cells = world.take_pushes(reader);
  EXPECT_EQ(ask(world.connect_anonymous(), acknowledgement(cells)), pb::STATUS_REFUSED);
  EXPECT_EQ(world.store.queues().find(offer.bytes)->cells_waiting, 1);
}

TEST_F(RendezvousTest, HasOneReaderAtATime) {
  const auto first = world.connect_anonymous();
  EXPECT_EQ(ask(first, subscribe()), pb::STATUS_OK);
  const auto second = world.connect_anonymous();
  EXPECT_EQ(ask(second, subscribe()), pb::STATUS_OK);
  EXPECT_TRUE(world.is_closed(first));
  EXPECT_EQ(send(1), pb::STATUS_OK);
  EXPECT_EQ(marks(world.take_pushes(second)), (std::vector<std::uint8_t>{1}));
}

TEST_F(RendezvousTest, IsMadeByDevicesAlone) {
  const auto request = new_queue(crypto::QueueId::random(), pb::QUEUE_KIND_RENDEZVOUS, key, key);
  EXPECT_EQ(ask(world.connect_anonymous(), request), pb::STATUS_MALFORMED);
}

TEST_F(RendezvousTest, HoldsAFewCells) {
  for (std::uint8_t mark = 1; mark <= world.limits.rendezvous_cells; ++mark) {
    EXPECT_EQ(send(mark), pb::STATUS_OK);
  }
  EXPECT_EQ(send(99), pb::STATUS_QUOTA);
}

TEST_F(RendezvousTest, AnAccountHasAFewUntilTheyHaveEnded) {
  for (std::uint64_t i = 1; i < world.limits.rendezvous_queues_per_account; ++i) {
    EXPECT_EQ(create(crypto::QueueId::random()), pb::STATUS_OK);
  }
  EXPECT_EQ(create(crypto::QueueId::random()), pb::STATUS_QUOTA);
  world.now.wall += 15min;
  EXPECT_EQ(create(crypto::QueueId::random()), pb::STATUS_OK) << "before any sweep";
}

TEST_F(RendezvousTest, EndsWithItsTimeBeforeItIsSwept) {
  world.now.wall += 15min - 1s;
  EXPECT_EQ(create(offer), pb::STATUS_OK) << "asked again";
  EXPECT_EQ(send(1), pb::STATUS_OK);
  world.now.wall += 1s;
  EXPECT_EQ(send(2), pb::STATUS_REFUSED);
  EXPECT_EQ(ask(world.connect_anonymous(), subscribe()), pb::STATUS_REFUSED);
  EXPECT_EQ(ask(own, subscribe()), pb::STATUS_REFUSED);
  EXPECT_EQ(ask(own, add_key(offer, crypto::Capability::random())), pb::STATUS_REFUSED);
  EXPECT_EQ(create(offer), pb::STATUS_CONFLICT);
}

TEST_F(RendezvousTest, IsSweptWithItsCellsAndAMailboxIsNot) {
  EXPECT_EQ(send(1), pb::STATUS_OK);
  world.pass(15min);
  world.settle();
  EXPECT_FALSE(world.store.queues().find(offer.bytes));
  EXPECT_TRUE(world.store.cells().read(offer.bytes, 0, {10, 1'000'000}).empty());
  EXPECT_TRUE(world.store.queues().find(alice.mailbox.bytes));
}

// A cell of the second under a number that its reader had from the first must not end the relay.
TEST_F(RendezvousTest, MadeAnewItHasNoReaderFromBefore) {
  const auto reader = world.connect_anonymous();
  EXPECT_EQ(ask(reader, subscribe()), pb::STATUS_OK);
  EXPECT_EQ(send(1), pb::STATUS_OK);
  EXPECT_EQ(world.take_pushes(reader).size(), 1U);
  world.pass(15min);
  world.settle();
  EXPECT_FALSE(world.is_closed(reader));
  EXPECT_EQ(create(offer), pb::STATUS_OK);
  EXPECT_EQ(send(2), pb::STATUS_OK);
  EXPECT_TRUE(world.take_pushes(reader).empty());
  EXPECT_EQ(ask(reader, subscribe()), pb::STATUS_OK);
  EXPECT_EQ(marks(world.take_pushes(reader)), (std::vector<std::uint8_t>{2}));
}

TEST_F(RendezvousTest, TheOwnerIsShownWhoseItIsAndWhenItEnds) {
  pb::Request view;
  view.mutable_server_view();
  std::map<std::string, std::string> shown;
  const auto rows = world.ask(own, view).rows();
  for (const auto& row : rows.rows()) {
    if (row.table() != "queues") continue;
    std::map<std::string, std::string> fields;
    for (const auto& field : row.fields()) fields[field.name()] = field.value();
    if (fields["kind"] == "3") shown = fields;
  }
  EXPECT_EQ(shown["device"], "1");
  EXPECT_EQ(shown["expires_at"],
            std::to_string((world.now.wall + 15min).time_since_epoch().count()));
}

}  // namespace
}  // namespace bisik::server
