// What a list takes from a device that it does not name any more (DeviceDesk), and what becomes of
// those who are connected (Relay).
#include <gtest/gtest.h>

#include "tests/server/devices.hpp"
#include "tests/server/failing_store.hpp"

namespace bisik::server {
namespace {

class RemovedDeviceTest : public DeviceFixture {
 protected:
  RemovedDeviceTest() {
    EXPECT_EQ(add(both, tablet), pb::STATUS_OK);
    connection = tablet.connect(world);
    pb::Request bundle;
    put(*bundle.mutable_publish_bundle()->mutable_bundle(),
        crypto::Bundle::create(tablet.device, alice.bundle_contents()).bytes());
    for (const auto& request :
         {bundle, one_time_keys(tablet.device, 2, 1), create_mailbox(), subscribe()}) {
      EXPECT_EQ(ask(connection, request), pb::STATUS_OK);
    }
    send(1);
    send(2);
    EXPECT_EQ(world.take_pushes(connection).size(), 2U);
  }
  pb::Request create_mailbox() const {
    return new_queue(tablet.mailbox, pb::QUEUE_KIND_MAILBOX, tablet.read_key, tablet.write_key);
  }
  pb::Request subscribe() const { return subscription(tablet.mailbox, tablet.read_key); }
  pb::Status send(std::uint8_t mark) {
    return ask(world.connect_anonymous(), cell_for(tablet.mailbox, tablet.write_key, mark));
  }
  pb::Request removal() const { return publication(world, alice, without_tablet, alice.handshake); }
  // Of each table, how many rows are the account's.
  std::map<std::string, int> rows() {
    std::map<std::string, int> counted;
    for (const auto& row : world.store.server_view(alice.account.id().bytes)) ++counted[row.table];
    return counted;
  }

  const crypto::DeviceList without_tablet = list_after(both, alice, {alice.device.record});
  ConnectionId connection = 0;
};

TEST_F(RemovedDeviceTest, LosesEverythingThatItHadAndOthersLoseNothing) {
  auto before = rows();
  EXPECT_EQ(ask(own, removal()), pb::STATUS_OK);
  before["devices"] -= 1;
  before["bundles"] -= 1;
  before["one_time_keys"] -= 2;
  before["queues"] -= 1;
  before["write_keys"] -= 1;
  before["device_lists"] += 1;
  before.erase("cells");
  before.erase("envelopes");
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(send(3), pb::STATUS_REFUSED);
  EXPECT_EQ(ask(world.connect_anonymous(), cell_for(alice, 1)), pb::STATUS_OK);
  EXPECT_FALSE(world.is_closed(own));
}

TEST_F(RemovedDeviceTest, ItsConnectionEndsAndItIsNotKnownAnyMore) {
  EXPECT_EQ(ask(own, removal()), pb::STATUS_OK);
  EXPECT_TRUE(world.is_closed(connection));
  EXPECT_EQ(ask(tablet.connect(world), subscribe()), pb::STATUS_NOT_REGISTERED);
  EXPECT_EQ(ask(own, removal()), pb::STATUS_OK) << "asked again";
}

TEST_F(RemovedDeviceTest, IsRemovedByAnAdditionTooAndTheKeyMayNotComeBack) {
  const FurtherDevice phone{alice, 3};
  const auto list = list_after(both, alice, {alice.device.record, phone.device.record});
  EXPECT_EQ(add(list, phone), pb::STATUS_OK);
  EXPECT_FALSE(is_registered(tablet.network));
  EXPECT_TRUE(world.is_closed(connection));
  EXPECT_EQ(ask(tablet.connect(world), addition(world, alice, both, tablet, tablet.handshake)),
            pb::STATUS_NOT_NEWER);
}

TEST_F(RemovedDeviceTest, WhoRemovesItselfIsAnsweredFirst) {
  const auto request = publication(world, alice, without_tablet, tablet.handshake);
  EXPECT_EQ(ask(connection, request), pb::STATUS_OK);
  EXPECT_TRUE(world.is_closed(connection));
}

// The disk was full: what was removed is there again, and its reader must not wait in vain.
TEST_F(RemovedDeviceTest, ARemovalThatIsUndoneSendsTheReaderToSubscribeAgain) {
  FailingStore failing{world.store};
  failing.fail_next_commit(storage::StorageError::Kind::full);
  const auto number = world.request(own, removal());
  world.run_one_batch_on(failing);
  EXPECT_EQ(world.take_response(own, number)->status(), pb::STATUS_BUSY);
  EXPECT_TRUE(is_registered(tablet.network));
  EXPECT_TRUE(world.is_closed(connection));
  const auto again = tablet.connect(world);
  EXPECT_EQ(world.ask(again, subscribe()).subscribed().waiting_cells(), 2U);
}

// A queue of the same id is another queue: whoever read the first must not get its cells, and its
// numbers begin anew.
TEST_F(RemovedDeviceTest, AQueueMadeAnewInTheSameBatchHasNoReader) {
  const auto late = tablet.connect(world);
  world.request(late, subscribe());
  world.request(own, removal());
  world.request(own, create_mailbox());
  const auto bob = world.connect_anonymous();
  const auto number = world.request(bob, cell_for(tablet.mailbox, tablet.write_key, 3));
  world.settle();
  EXPECT_EQ(world.take_response(bob, number)->status(), pb::STATUS_OK);
  EXPECT_TRUE(world.take_pushes(connection).empty());
  EXPECT_TRUE(world.take_pushes(late).empty());
  EXPECT_EQ(ask(own, subscribe()), pb::STATUS_OK);
  EXPECT_EQ(marks(world.take_pushes(own)), (std::vector<std::uint8_t>{3}));
}

}  // namespace
}  // namespace bisik::server
