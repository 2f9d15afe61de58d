#include "server/relay.hpp"

#include <gtest/gtest.h>

#include "proto/frame.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class RelayTest : public testing::Test {
 protected:
  World world;
  Resident alice;
};

pb::Request ping() {
  pb::Request request;
  request.mutable_ping();
  return request;
}

TEST_F(RelayTest, AnswersAPingOnEveryKindOfConnectionWithoutTheStore) {
  for (const auto connection : {world.connect_anonymous(), world.connect_local(),
                                world.connect_own(alice.network.public_key)}) {
    const auto number = world.request(connection, ping());
    EXPECT_EQ(world.waiting(), 0U);
    EXPECT_EQ(world.take_response(connection, number)->status(), pb::STATUS_OK);
  }
}

TEST_F(RelayTest, TellsEveryLimitWithItsReason) {
  pb::Request request;
  request.mutable_get_limits();
  const auto response = world.ask(world.connect_anonymous(), request);
  ASSERT_EQ(response.limits().limits_size(), static_cast<int>(limit_table().size()));
  for (const auto& limit : response.limits().limits()) {
    EXPECT_GT(limit.value(), 0U) << limit.name();
    EXPECT_FALSE(limit.reason().empty()) << limit.name();
  }
}

TEST_F(RelayTest, EndsAConnectionThatSpeaksGarbage) {
  for (const auto& garbage : {crypto::Bytes{}, crypto::Bytes(10, 0xff), crypto::Bytes(65'519, 1)}) {
    const auto connection = world.connect_anonymous();
    world.frame(connection, garbage);
    EXPECT_TRUE(world.is_closed(connection));
  }
}

TEST_F(RelayTest, EndsAConnectionWhoseRequestBreaksTheProtocol) {
  auto request = cell_for(alice, 1);
  request.mutable_send_cell()->mutable_cell()->pop_back();
  const auto connection = world.connect_anonymous();
  world.request(connection, request);
  EXPECT_TRUE(world.is_closed(connection));
}

TEST_F(RelayTest, AnonymousConnectionsAskForNothingOfAnAccount) {
  const auto own = alice.register_at(world);
  const auto anonymous = world.connect_anonymous();
  EXPECT_EQ(world.ask(anonymous, alice.subscription()).status(), pb::STATUS_REFUSED);
  EXPECT_EQ(world.ask(anonymous, alice.registration(world.relay_key)).status(),
            pb::STATUS_MALFORMED);
  EXPECT_EQ(world.ask(own, alice.subscription()).status(), pb::STATUS_OK);
}

TEST_F(RelayTest, TheOperatorMakesInvitesAndNothingElse) {
  alice.register_at(world);
  const auto local = world.connect_local();
  EXPECT_EQ(world.ask(local, alice.subscription()).status(), pb::STATUS_MALFORMED);
  EXPECT_EQ(world.ask(local, cell_for(alice, 1)).status(), pb::STATUS_MALFORMED);
}

TEST_F(RelayTest, UnknownNetworkKeysMayOnlyRegister) {
  const auto connection = alice.reconnect(world);
  pb::Request view;
  view.mutable_server_view();
  pb::Request count;
  count.mutable_count_one_time_keys();
  pb::Request bundle;
  put(*bundle.mutable_publish_bundle()->mutable_bundle(), alice.signed_bundle.bytes());
  for (const auto& request :
       {view, count, bundle, alice.subscription(), one_time_keys(alice, 1, 1)}) {
    EXPECT_EQ(world.ask(connection, request).status(), pb::STATUS_NOT_REGISTERED);
  }
}

TEST_F(RelayTest, MoreRequestsInFlightThanAllowedAreToComeBackLater) {
  world.limits.requests_in_flight = 2;
  alice.register_at(world);
  const auto bob = world.connect_anonymous();
  const auto first = world.request(bob, cell_for(alice, 1));
  const auto second = world.request(bob, cell_for(alice, 2));
  const auto third = world.request(bob, fetch(alice));
  const auto refused = world.take_response(bob, third);
  EXPECT_EQ(refused->status(), pb::STATUS_BUSY);
  EXPECT_GT(refused->retry_after_seconds(), 0U);
  world.settle();
  EXPECT_EQ(world.take_response(bob, first)->status(), pb::STATUS_OK);
  EXPECT_EQ(world.take_response(bob, second)->status(), pb::STATUS_OK);
  EXPECT_EQ(world.ask(bob, fetch(alice)).status(), pb::STATUS_OK);
}

TEST_F(RelayTest, AnOverloadedRelayAnswersBusyAndKeepsWhatItHas) {
  world.limits.waiting_requests = 2;
  alice.register_at(world);
  const auto bob = world.connect_anonymous();
  const auto carol = world.connect_anonymous();
  world.request(bob, cell_for(alice, 1));
  world.request(bob, cell_for(alice, 2));
  const auto refused = world.request(carol, cell_for(alice, 3));
  EXPECT_EQ(world.take_response(carol, refused)->status(), pb::STATUS_BUSY);
  EXPECT_EQ(world.waiting(), 2U);
}

TEST_F(RelayTest, CellsOnTheirWayToTheDiskAreBoundedInBytes) {
  world.limits.waiting_bytes = proto::kSmallCellBytes;
  alice.register_at(world);
  const auto bob = world.connect_anonymous();
  world.request(bob, cell_for(alice, 1));
  const auto refused = world.request(world.connect_anonymous(), cell_for(alice, 2));
  EXPECT_EQ(world.waiting(), 1U) << refused;
}

TEST_F(RelayTest, AfterARefusedCellLaterOnesForThatQueueAreRefusedToo) {
  world.limits.requests_in_flight = 1;
  Resident bob;
  alice.register_at(world);
  bob.register_at(world);
  const auto sender = world.connect_anonymous();
  const auto kept = world.request(sender, cell_for(alice, 1));
  const auto refused = world.request(sender, cell_for(alice, 2));
  world.settle();
  EXPECT_EQ(world.take_response(sender, kept)->status(), pb::STATUS_OK);
  EXPECT_EQ(world.take_response(sender, refused)->status(), pb::STATUS_BUSY);
  // There is room again, but cell 3 must not be stored before cell 2.
  EXPECT_EQ(world.ask(sender, cell_for(alice, 3)).status(), pb::STATUS_BUSY);
  EXPECT_EQ(world.ask(sender, cell_for(bob, 4)).status(), pb::STATUS_OK);
  EXPECT_EQ(world.ask(world.connect_anonymous(), cell_for(alice, 2)).status(), pb::STATUS_OK);
}

TEST_F(RelayTest, WhoIsRefusedByTooManyQueuesIsCut) {
  world.limits.refused_queues_per_connection = 2;
  const auto guesser = world.connect_anonymous();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(world.is_closed(guesser));
    const auto queue = crypto::QueueId::random();
    world.request(guesser, cell_for(queue, crypto::Capability::random(), 1));
    world.settle();
  }
  EXPECT_TRUE(world.is_closed(guesser));
}

TEST_F(RelayTest, SilentConnectionsEnd) {
  const auto silent = world.connect_anonymous();
  const auto pinging = world.connect_anonymous();
  world.pass(400s);
  world.ask(pinging, ping());
  world.pass(400s);
  EXPECT_TRUE(world.is_closed(silent));
  EXPECT_FALSE(world.is_closed(pinging));
}

TEST_F(RelayTest, NoTickDoesAnythingWhileItSaysThatItIsQuiet) {
  const auto silent = world.connect_anonymous();
  int quiet_ticks = 0;
  while (!world.is_closed(silent)) {
    const auto end = world.relay.quiet_until(world.now);
    const auto late = world.connect_anonymous();
    do {
      world.pass(1s);
      if (world.now.steady >= end) continue;
      ++quiet_ticks;
      ASSERT_EQ(world.waiting(), 0U);
      ASSERT_FALSE(world.is_closed(silent) || world.is_closed(late));
    } while (world.now.steady < end);
    world.disconnect(late);
    world.settle();
  }
  EXPECT_GT(quiet_ticks, 500);
}

TEST_F(RelayTest, TheWallClockEndsNoConnection) {
  const auto connection = world.connect_anonymous();
  world.now.wall += std::chrono::years{10};
  world.pass(1s);
  EXPECT_FALSE(world.is_closed(connection));
}

TEST_F(RelayTest, AnswersToAConnectionThatIsGoneGoNowhere) {
  alice.register_at(world);
  const auto bob = world.connect_anonymous();
  world.request(bob, cell_for(alice, 1));
  world.disconnect(bob);
  world.settle();
  EXPECT_TRUE(world.inbox(bob).empty());
  EXPECT_EQ(world.relay.operations_waiting(), 0U);
  const auto own = alice.reconnect(world);
  EXPECT_EQ(world.ask(own, alice.subscription()).subscribed().waiting_cells(), 1U);
}

}  // namespace
}  // namespace bisik::server
