#include "server/registry.hpp"

#include <gtest/gtest.h>

#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class RegistryTest : public testing::Test {
 protected:
  pb::Status try_to_register(const pb::Request& request) {
    return world.ask(alice.reconnect(world), request).status();
  }
  std::int64_t uses_left() {
    const auto invite = world.store.invites().find(alice.invite.hash());
    return invite ? invite->uses_left : 0;
  }

  World world;
  Resident alice;
  pb::Request registration = alice.registration(world.relay_key);
};

TEST_F(RegistryTest, AnInviteLetsOneAccountIn) {
  add_invite(world, alice.invite);
  EXPECT_EQ(try_to_register(registration), pb::STATUS_OK);
  Resident bob;
  bob.invite = alice.invite;
  const auto second = world.ask(bob.reconnect(world), bob.registration(world.relay_key));
  EXPECT_EQ(second.status(), pb::STATUS_INVITE);
}

TEST_F(RegistryTest, UnknownUsedAndExpiredInvitesAreTheSameAnswer) {
  EXPECT_EQ(try_to_register(registration), pb::STATUS_INVITE);
  add_invite(world, alice.invite, 1, 1h);
  world.pass(1h);
  EXPECT_EQ(try_to_register(registration), pb::STATUS_INVITE);
}

// The answer was lost, the client asks again on another connection: another handshake, another
// binding, everything else as before.
TEST_F(RegistryTest, RegisteringAgainIsHarmlessAndSpendsNoInvite) {
  add_invite(world, alice.invite, 2);
  EXPECT_EQ(try_to_register(registration), pb::STATUS_OK);
  EXPECT_EQ(uses_left(), 1);
  alice.handshake = {9, 9, 9};
  EXPECT_EQ(try_to_register(alice.registration(world.relay_key)), pb::STATUS_OK);
  EXPECT_EQ(uses_left(), 1);
}

TEST_F(RegistryTest, RegisteringAgainDoesNotNeedTheInviteAnyMore) {
  add_invite(world, alice.invite);
  EXPECT_EQ(try_to_register(registration), pb::STATUS_OK);
  world.pass(48h);
  EXPECT_EQ(try_to_register(registration), pb::STATUS_OK);
}

TEST_F(RegistryTest, AnotherRegistrationUnderTheSameNetworkKeyIsAConflict) {
  alice.register_at(world);
  alice.signed_bundle = alice.make_bundle(8);
  EXPECT_EQ(try_to_register(alice.registration(world.relay_key)), pb::STATUS_CONFLICT);
}

TEST_F(RegistryTest, AnAccountRegistersOnce) {
  alice.register_at(world);
  add_invite(world, crypto::Capability::random());
  alice.network = crypto::DhKeyPair::generate();
  alice.invite = crypto::Capability::random();
  add_invite(world, alice.invite);
  EXPECT_EQ(try_to_register(alice.registration(world.relay_key)), pb::STATUS_CONFLICT);
  EXPECT_EQ(uses_left(), 1);
}

// The network key is bound to this relay and this connection: a registration that somebody recorded
// elsewhere is worth nothing here.
TEST_F(RegistryTest, ABindingOfAnotherConnectionRelayOrKeyIsRefused) {
  add_invite(world, alice.invite);
  auto elsewhere = alice.registration(crypto::DhKeyPair::generate().public_key);
  EXPECT_EQ(try_to_register(elsewhere), pb::STATUS_MALFORMED);
  const auto other_handshake = world.connect_own(alice.network.public_key, {7, 7, 7});
  EXPECT_EQ(world.ask(other_handshake, registration).status(), pb::STATUS_MALFORMED);
  const auto other_key =
      world.connect_own(crypto::DhKeyPair::generate().public_key, alice.handshake);
  EXPECT_EQ(world.ask(other_key, registration).status(), pb::STATUS_MALFORMED);
  EXPECT_EQ(try_to_register(registration), pb::STATUS_OK);
}

TEST_F(RegistryTest, NothingUnsignedGetsIn) {
  add_invite(world, alice.invite);
  const auto flip = [](std::string& field) { field[field.size() / 2] ^= 1; };
  auto list = registration;
  flip(*list.mutable_register_()->mutable_device_list());
  auto bundle = registration;
  flip(*bundle.mutable_register_()->mutable_bundle());
  auto binding = registration;
  flip(*binding.mutable_register_()->mutable_network_binding());
  auto device = registration;
  device.mutable_register_()->set_device(2);
  auto queue = registration;
  flip(*queue.mutable_register_()->mutable_queues(0)->mutable_queue());
  for (const auto& forged : {list, bundle, binding, device, queue}) {
    EXPECT_EQ(try_to_register(forged), pb::STATUS_MALFORMED);
  }
  EXPECT_EQ(uses_left(), 1) << "a refused registration spends nothing";
  EXPECT_FALSE(world.store.accounts().find(alice.account.id().bytes));
}

TEST_F(RegistryTest, OneQueueIsNotMailboxAndKnockQueueAtOnce) {
  add_invite(world, alice.invite);
  alice.knock = alice.mailbox;
  alice.signed_bundle = alice.make_bundle(8);
  EXPECT_EQ(try_to_register(alice.registration(world.relay_key)), pb::STATUS_MALFORMED);
}

TEST_F(RegistryTest, ATakenQueueIdLeavesNothingBehind) {
  Resident bob;
  bob.register_at(world);
  alice.mailbox = bob.mailbox;
  alice.signed_bundle = alice.make_bundle(8);
  add_invite(world, alice.invite);
  EXPECT_EQ(try_to_register(alice.registration(world.relay_key)), pb::STATUS_CONFLICT);
  EXPECT_EQ(uses_left(), 1);
  EXPECT_FALSE(world.store.accounts().find(alice.account.id().bytes));
}

class InviteTest : public RegistryTest {
 protected:
  pb::Status invite(const crypto::Capability& token, std::uint32_t uses = 1,
                    std::chrono::seconds lifetime = 24h) {
    pb::Request request;
    auto& wanted = *request.mutable_create_invite();
    put(*wanted.mutable_token_hash(), token.hash());
    wanted.set_uses(uses);
    wanted.set_lifetime_seconds(static_cast<std::uint32_t>(lifetime.count()));
    return world.ask(own, request).status();
  }

  ConnectionId own = alice.register_at(world);
  Resident bob;
};

TEST_F(InviteTest, WhoHasAnAccountMayInvite) {
  EXPECT_EQ(invite(bob.invite), pb::STATUS_OK);
  const auto connection = bob.reconnect(world);
  EXPECT_EQ(world.ask(connection, bob.registration(world.relay_key)).status(), pb::STATUS_OK);
}

TEST_F(InviteTest, TermsBeyondTheLimitsAreMalformed) {
  const auto uses = static_cast<std::uint32_t>(world.limits.invite_uses);
  const std::chrono::seconds lifetime{world.limits.invite_seconds};
  EXPECT_EQ(invite(bob.invite, uses + 1, 1h), pb::STATUS_MALFORMED);
  EXPECT_EQ(invite(bob.invite, 1, lifetime + 1s), pb::STATUS_MALFORMED);
  EXPECT_EQ(invite(bob.invite, uses, lifetime), pb::STATUS_OK);
}

TEST_F(InviteTest, AskingAgainDoesNotRestoreSpentUses) {
  EXPECT_EQ(invite(bob.invite), pb::STATUS_OK);
  const auto connection = bob.reconnect(world);
  EXPECT_EQ(world.ask(connection, bob.registration(world.relay_key)).status(), pb::STATUS_OK);
  EXPECT_EQ(invite(bob.invite), pb::STATUS_OK);
  EXPECT_LE(world.store.invites().find(bob.invite.hash())->uses_left, 0);
}

TEST_F(InviteTest, InvitesOfADayAreBounded) {
  world.limits.invites_per_day = 1;
  EXPECT_EQ(invite(crypto::Capability::random()), pb::STATUS_OK);
  EXPECT_EQ(invite(crypto::Capability::random()), pb::STATUS_QUOTA);
  world.pass(24h);
  own = alice.reconnect(world);
  EXPECT_EQ(invite(crypto::Capability::random()), pb::STATUS_OK);
}

TEST_F(InviteTest, TheStoreRemembersThatThereWasOneEvenWhenItIsGone) {
  World fresh;
  EXPECT_FALSE(ever_invited(fresh.store));
  add_invite(fresh, bob.invite);
  EXPECT_TRUE(ever_invited(fresh.store));
}

class ServerViewTest : public InviteTest {
 protected:
  pb::Response view() {
    pb::Request request;
    request.mutable_server_view();
    return world.ask(own, request);
  }
};

TEST_F(ServerViewTest, ShowsEveryTableThatHoldsSomething) {
  std::set<std::string> tables;
  const auto response = view();
  for (const auto& row : response.rows().rows()) tables.insert(row.table());
  EXPECT_EQ(tables, (std::set<std::string>{"accounts", "devices", "device_lists", "bundles",
                                           "one_time_keys", "queues", "write_keys"}));
}

TEST_F(ServerViewTest, SaysHowManyRowsDidNotFit) {
  world.limits.requests_in_flight = 2'000;
  const auto sender = world.connect_anonymous();
  for (int i = 0; i < 600; ++i) world.request(sender, cell_for(alice, 1));
  world.settle();
  const auto rows = view().rows();
  const auto& last = rows.rows(rows.rows_size() - 1);
  EXPECT_EQ(last.table(), "not shown");
  EXPECT_EQ(std::stoi(last.fields(0).value()) + rows.rows_size() - 1,
            1 + 1 + 1 + 1 + 2 + 2 + 2 + 1200);
}

TEST_F(ServerViewTest, IsNotForAskingAllTheTime) {
  world.limits.server_views_per_hour = 1;
  EXPECT_EQ(view().status(), pb::STATUS_OK);
  const auto response = view();
  EXPECT_EQ(response.status(), pb::STATUS_BUSY);
  EXPECT_GT(response.retry_after_seconds(), 0U);
}

}  // namespace
}  // namespace bisik::server
