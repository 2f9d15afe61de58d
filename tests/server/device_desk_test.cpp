#include "server/device_desk.hpp"

#include <gtest/gtest.h>

#include "tests/server/devices.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

using PublishListTest = DeviceFixture;

TEST_F(PublishListTest, TheNextListIsKeptBehindTheOthers) {
  const auto second = after(alice.list);
  EXPECT_EQ(publish(second), pb::STATUS_OK);
  EXPECT_EQ(publish(second), pb::STATUS_OK) << "asked again";
  EXPECT_EQ(publish(after(second)), pb::STATUS_OK);
  EXPECT_EQ(lists(), 3U);
  EXPECT_EQ(publish(second), pb::STATUS_NOT_NEWER);
}

TEST_F(PublishListTest, AListThatDoesNotFollowTheKeptOneIsAConflict) {
  ASSERT_EQ(publish(after(alice.list)), pb::STATUS_OK);
  const auto other = alice.list.next(alice.account, crypto::kNow + 1s, alice.list.records());
  EXPECT_EQ(publish(other), pb::STATUS_CONFLICT);
  EXPECT_EQ(publish(after(other)), pb::STATUS_CONFLICT);
  EXPECT_EQ(lists(), 2U);
}

// A stolen network key alone must not be able to list a device.
TEST_F(PublishListTest, OnlyTheAccountKeyOnThisConnectionPublishes) {
  const auto request = publication(world, alice, after(alice.list), alice.handshake);
  auto flipped = request;
  flipped.mutable_publish_list()->mutable_publication()->front() ^= 1;
  EXPECT_EQ(ask(own, flipped), pb::STATUS_MALFORMED);
  const auto elsewhere = world.connect_own(alice.network.public_key, {7, 7, 7});
  EXPECT_EQ(ask(elsewhere, request), pb::STATUS_MALFORMED);
  Resident bob;
  EXPECT_EQ(ask(bob.register_at(world), request), pb::STATUS_MALFORMED);
  EXPECT_EQ(lists(), 1U);
}

using AddDeviceTest = DeviceFixture;

TEST_F(AddDeviceTest, TheListAndTheNetworkKeyComeTogether) {
  EXPECT_EQ(add(both, tablet), pb::STATUS_OK);
  EXPECT_EQ(lists(), 2U);
  pb::Request view;
  view.mutable_server_view();
  EXPECT_EQ(ask(tablet.connect(world), view), pb::STATUS_OK);
  const auto found = world.store.accounts().device(tablet.network.public_key.bytes);
  EXPECT_EQ(found->account_id, alice.account.id().bytes);
  EXPECT_EQ(found->number, 2);
}

// The answer was lost, the client asks again on another connection.
TEST_F(AddDeviceTest, AddingAgainIsHarmless) {
  EXPECT_EQ(add(both, tablet), pb::STATUS_OK);
  alice.handshake = {9, 9, 9};
  own = alice.reconnect(world);
  EXPECT_EQ(add(both, tablet), pb::STATUS_OK);
  EXPECT_EQ(lists(), 2U);
  const auto third = after(both);
  EXPECT_EQ(add(third, tablet), pb::STATUS_OK) << "with a newer list as well";
  EXPECT_EQ(add(both, tablet), pb::STATUS_NOT_NEWER);
}

TEST_F(AddDeviceTest, TheListMayHaveBeenPublishedBefore) {
  EXPECT_EQ(publish(both), pb::STATUS_OK);
  EXPECT_FALSE(is_registered(tablet.network));
  EXPECT_EQ(add(both, tablet), pb::STATUS_OK);
  EXPECT_TRUE(is_registered(tablet.network));
}

// Restored from a backup: the account's key is there, and no device that the relay knows.
TEST_F(AddDeviceTest, ARestoredAccountAddsTheKeyThatItComesWith) {
  const auto alone = list_after(alice.list, alice, {tablet.device.record});
  const auto restored = tablet.connect(world);
  const auto request = addition(world, alice, alone, tablet, tablet.handshake);
  EXPECT_EQ(ask(restored, request), pb::STATUS_OK);
  EXPECT_EQ(ask(restored, request), pb::STATUS_OK) << "asked again";
  EXPECT_FALSE(is_registered(alice.network));
  EXPECT_TRUE(world.is_closed(own));
}

TEST_F(AddDeviceTest, NobodyElsesConnectionAddsADevice) {
  const crypto::HandshakeHash handshake{3, 3, 3};
  const auto request = addition(world, alice, both, tablet, handshake);
  const auto stranger = world.connect_own(crypto::DhKeyPair::generate().public_key, handshake);
  EXPECT_EQ(ask(stranger, request), pb::STATUS_NOT_REGISTERED);
  Resident bob;
  bob.handshake = handshake;
  EXPECT_EQ(ask(bob.register_at(world), request), pb::STATUS_REFUSED);
  EXPECT_FALSE(is_registered(tablet.network));
  EXPECT_EQ(lists(), 1U);
}

TEST_F(AddDeviceTest, AnAccountThatIsNotHereHasNoDevices) {
  const Resident bob;
  const FurtherDevice added{bob, 2};
  const auto list = list_after(bob.list, bob, {added.device.record});
  const auto request = addition(world, bob, list, added, added.handshake);
  EXPECT_EQ(ask(added.connect(world), request), pb::STATUS_NOT_REGISTERED);
}

TEST_F(AddDeviceTest, AKeyOfSomebodyElseIsRefused) {
  Resident bob;
  bob.register_at(world);
  FurtherDevice with_bobs_key{alice, 2};
  with_bobs_key.network = std::move(bob.network);
  EXPECT_EQ(add(both, with_bobs_key), pb::STATUS_REFUSED);
  FurtherDevice with_first_key{alice, 2};
  with_first_key.network = std::move(alice.network);
  EXPECT_EQ(add(both, with_first_key), pb::STATUS_REFUSED);
  EXPECT_EQ(lists(), 1U) << "both or neither";
}

TEST_F(AddDeviceTest, ADeviceHasOneKey) {
  ASSERT_EQ(add(both, tablet), pb::STATUS_OK);
  const FurtherDevice again{alice, 2};
  EXPECT_EQ(add(after(both), again), pb::STATUS_CONFLICT);
  EXPECT_FALSE(is_registered(again.network));
  EXPECT_EQ(lists(), 2U);
}

TEST_F(AddDeviceTest, AListThatIsRefusedBringsNoKey) {
  ASSERT_EQ(publish(after(alice.list)), pb::STATUS_OK);
  EXPECT_EQ(add(both, tablet), pb::STATUS_CONFLICT);
  ASSERT_EQ(publish(after(after(alice.list))), pb::STATUS_OK);
  EXPECT_EQ(add(both, tablet), pb::STATUS_NOT_NEWER);
  EXPECT_FALSE(is_registered(tablet.network));
}

TEST_F(AddDeviceTest, NothingUnsignedGetsIn) {
  const auto request = addition(world, alice, both, tablet, alice.handshake);
  const auto altered = [&](auto alter) {
    auto copy = request;
    alter(*copy.mutable_add_device());
    return copy;
  };
  const auto other = addition(world, alice, both, tablet, {7, 7, 7});
  for (const auto& forged : {
           altered([](auto& wanted) { wanted.mutable_device_list()->back() ^= 1; }),
           altered([](auto& wanted) { wanted.mutable_publication()->front() ^= 1; }),
           altered([](auto& wanted) { wanted.mutable_network_binding()->front() ^= 1; }),
           altered([](auto& wanted) { wanted.mutable_network_key()->front() ^= 1; }),
           altered([](auto& wanted) { wanted.set_device(1); }),
           altered([&](auto& wanted) { wanted.set_publication(other.add_device().publication()); }),
           altered([&](auto& wanted) {
             wanted.set_network_binding(other.add_device().network_binding());
           }),
           addition(world, alice, both, FurtherDevice{alice, 3}, alice.handshake),
       }) {
    EXPECT_EQ(ask(own, forged), pb::STATUS_MALFORMED);
  }
  EXPECT_EQ(lists(), 1U);
  EXPECT_EQ(ask(own, request), pb::STATUS_OK);
}

TEST_F(AddDeviceTest, AKeyThatIsNoPointIsMalformed) {
  auto request = addition(world, alice, both, tablet, alice.handshake);
  put(*request.mutable_add_device()->mutable_network_key(), crypto::non_canonical_zero());
  EXPECT_EQ(ask(own, request), pb::STATUS_MALFORMED);
}

TEST_F(AddDeviceTest, EightDevicesHaveRoomForTheirQueuesAndForLinking) {
  const auto create = [&](ConnectionId from, pb::QueueKind kind) {
    return ask(from, new_queue(crypto::QueueId::random(), kind, alice.read_key, alice.write_key));
  };
  std::vector records{alice.device.record};
  auto list = alice.list;
  for (crypto::DeviceNumber number = 2; number <= crypto::kMaxDevices; ++number) {
    const FurtherDevice added{alice, number};
    records.push_back(added.device.record);
    list = list_after(list, alice, records);
    ASSERT_EQ(add(list, added), pb::STATUS_OK);
    const auto connection = added.connect(world);
    EXPECT_EQ(create(connection, pb::QUEUE_KIND_MAILBOX), pb::STATUS_OK);
    EXPECT_EQ(create(connection, pb::QUEUE_KIND_KNOCK), pb::STATUS_OK);
  }
  for (int i = 0; i < 8; ++i) EXPECT_EQ(create(own, pb::QUEUE_KIND_RENDEZVOUS), pb::STATUS_OK);
  EXPECT_EQ(create(own, pb::QUEUE_KIND_RENDEZVOUS), pb::STATUS_QUOTA);
  EXPECT_EQ(create(own, pb::QUEUE_KIND_MAILBOX), pb::STATUS_QUOTA);
}

class StateEpochTest : public DeviceFixture {
 protected:
  // Distinguishable beyond the counter.
  static pb::Request raise(std::uint64_t counter, char rest) {
    pb::Request request;
    auto& epoch = *request.mutable_raise_state_epoch()->mutable_epoch();
    put(epoch, crypto::big_endian(counter));
    epoch.append(24, rest);
    return request;
  }
  // What was kept before; a status other than OK fails the test.
  std::string raised(ConnectionId from, const pb::Request& request) {
    const auto response = world.ask(from, request);
    EXPECT_EQ(response.status(), pb::STATUS_OK);
    EXPECT_TRUE(response.has_state_epoch());
    return response.state_epoch().epoch();
  }
  static std::string epoch(std::uint64_t counter, char rest) {
    return raise(counter, rest).raise_state_epoch().epoch();
  }
};

TEST_F(StateEpochTest, TheFirstOneFindsNothing) {
  EXPECT_EQ(raised(own, raise(1, 'a')), "");
  EXPECT_EQ(raised(own, raise(2, 'b')), epoch(1, 'a'));
}

TEST_F(StateEpochTest, OnlyAHigherCounterIsKept) {
  raised(own, raise(0x0100, 'a'));
  EXPECT_EQ(raised(own, raise(0x00ff, 'b')), epoch(0x0100, 'a')) << "an earlier state";
  EXPECT_EQ(raised(own, raise(0x0100, 'c')), epoch(0x0100, 'a')) << "a copy, or a lost answer";
  EXPECT_EQ(raised(own, raise(UINT64_MAX, 'd')), epoch(0x0100, 'a'));
  EXPECT_EQ(raised(own, raise(0, 'e')), epoch(UINT64_MAX, 'd'));
}

TEST_F(StateEpochTest, EachDeviceHasItsOwn) {
  ASSERT_EQ(add(both, tablet), pb::STATUS_OK);
  raised(own, raise(5, 'a'));
  EXPECT_EQ(raised(tablet.connect(world), raise(1, 'b')), "");
  EXPECT_EQ(raised(own, raise(6, 'c')), epoch(5, 'a'));
}

TEST_F(StateEpochTest, IsAnsweredOnceItIsOnTheDisk) {
  const auto number = world.request(own, raise(1, 'a'));
  bool looked = false;
  world.before_commit = [&] {
    looked = true;
    EXPECT_FALSE(world.take_response(own, number));
  };
  world.run_one_batch();
  EXPECT_TRUE(looked);
  EXPECT_EQ(world.take_response(own, number)->status(), pb::STATUS_OK);
}

TEST_F(StateEpochTest, IsOfRegisteredDevices) {
  EXPECT_EQ(ask(tablet.connect(world), raise(1, 'a')), pb::STATUS_NOT_REGISTERED);
  EXPECT_EQ(ask(world.connect_anonymous(), raise(1, 'a')), pb::STATUS_MALFORMED);
}

}  // namespace
}  // namespace bisik::server
