// What one prefix may do, while everybody else goes on: connections, handshakes, bytes, fetches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/admission.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;
using Verdict = Admission::Verdict;

std::optional<Prefix> from(std::uint8_t last) { return Prefix{{4, 192, 0, 2, last}}; }

class PrefixLimits : public testing::Test {
 protected:
  PrefixLimits() {
    limits.connections = 100'000;
    limits.unfinished_handshakes = 1'000;
    limits.connections_per_prefix = 3;
    limits.unfinished_handshakes_per_prefix = 2;
    limits.handshakes_per_prefix_per_minute = 60;
    limits.bytes_per_prefix_per_second = 1'000;
  }
  Verdict connect(const std::optional<Prefix>& prefix) {
    return admission.admit(++last, prefix, now);
  }
  Verdict come_and_go(const std::optional<Prefix>& prefix) {
    const auto verdict = connect(prefix);
    if (verdict == Verdict::admitted) admission.closed(last, prefix);
    return verdict;
  }

  Limits limits;
  Admission admission{limits};
  Time now{.wall = {}, .steady = 1h};
  ConnectionId last = 0;
};

TEST_F(PrefixLimits, WhoSaysNothingKeepsOnlyTheirOwnPrefixOut) {
  EXPECT_EQ(connect(from(1)), Verdict::admitted);
  EXPECT_EQ(connect(from(1)), Verdict::admitted);
  EXPECT_EQ(connect(from(1)), Verdict::prefix);
  EXPECT_EQ(connect(from(2)), Verdict::admitted);
  admission.established(1, from(1));
  EXPECT_EQ(connect(from(1)), Verdict::admitted);
}

TEST_F(PrefixLimits, ConnectionsOfOnePrefixAreBounded) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(connect(from(1)), Verdict::admitted);
    admission.established(last, from(1));
  }
  EXPECT_EQ(connect(from(1)), Verdict::prefix);
  EXPECT_EQ(connect(from(2)), Verdict::admitted);
  admission.closed(1, from(1));
  EXPECT_EQ(connect(from(1)), Verdict::admitted);
}

TEST_F(PrefixLimits, ConnectingAgainAndAgainIsSlowedDown) {
  for (int i = 0; i < 60; ++i) EXPECT_EQ(come_and_go(from(1)), Verdict::admitted) << i;
  EXPECT_EQ(come_and_go(from(1)), Verdict::prefix);
  EXPECT_EQ(come_and_go(from(2)), Verdict::admitted);
  now.steady += 1s;
  EXPECT_EQ(come_and_go(from(1)), Verdict::admitted);
  EXPECT_EQ(come_and_go(from(1)), Verdict::prefix);
}

TEST_F(PrefixLimits, WhoSendsTooFastIsReadMoreSlowly) {
  EXPECT_EQ(connect(from(1)), Verdict::admitted);
  EXPECT_EQ(connect(from(2)), Verdict::admitted);
  EXPECT_EQ(admission.received(from(1), 4'000, now), 0s);
  EXPECT_EQ(admission.received(from(1), 500, now), 500ms);
  EXPECT_EQ(admission.received(from(2), 500, now), 0s);
  now.steady += 5s;
  EXPECT_EQ(admission.received(from(1), 4'000, now), 0s);
}

TEST_F(PrefixLimits, WhereManyPeopleShareAnAddressNothingIsCountedByIt) {
  for (int i = 0; i < 500; ++i) EXPECT_EQ(connect(std::nullopt), Verdict::admitted);
  EXPECT_EQ(admission.received(std::nullopt, 1'000'000, now), 0s);
  EXPECT_EQ(admission.prefixes(), 0U);
}

TEST_F(PrefixLimits, APrefixIsForgottenOnceNothingOfItHasToBeRemembered) {
  EXPECT_EQ(come_and_go(from(1)), Verdict::admitted);
  EXPECT_EQ(connect(from(2)), Verdict::admitted);
  EXPECT_EQ(admission.prefixes(), 2U);
  now.steady += 61s;
  EXPECT_THAT(admission.overdue(now), testing::ElementsAre(last));
  EXPECT_EQ(admission.prefixes(), 1U) << "one of them is connected";
}

TEST_F(PrefixLimits, APrefixThatCameTooOftenIsNotForgottenForGoingAway) {
  for (int i = 0; i < 60; ++i) EXPECT_EQ(come_and_go(from(1)), Verdict::admitted);
  now.steady += 1s;
  EXPECT_THAT(admission.overdue(now), testing::IsEmpty());
  EXPECT_EQ(come_and_go(from(1)), Verdict::admitted);
  EXPECT_EQ(come_and_go(from(1)), Verdict::prefix);
}

TEST_F(PrefixLimits, TheMemoryOfPrefixesIsBounded) {
  for (std::uint32_t i = 0; i < kCountedPrefixes + 10; ++i) {
    const auto byte = [i](unsigned shift) { return static_cast<std::uint8_t>(i >> shift); };
    const Prefix prefix{{6, byte(24), byte(16), byte(8), byte(0)}};
    EXPECT_EQ(come_and_go(prefix), Verdict::admitted);
  }
  EXPECT_LE(admission.prefixes(), kCountedPrefixes);
}

class FetchLimits : public testing::Test {
 protected:
  FetchLimits() { limits.fetches_per_prefix_per_hour = 5; }
  ConnectionId connect(World& world, const std::optional<Prefix>& prefix) {
    const ConnectionId id = ++last;
    world.relay.on_connected(id, {.kind = Peer::Kind::anonymous, .prefix = prefix}, world.now);
    return id;
  }
  Limits limits;
  ConnectionId last = 1'000;
  Resident alice, bob;
};

TEST_F(FetchLimits, APrefixFetchesSoManyBundlesAnHourOfWhomever) {
  World world{limits};
  alice.register_at(world);
  bob.register_at(world);
  const auto stranger = connect(world, from(1));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(world.ask(stranger, fetch(i % 2 == 0 ? alice : bob)).status(), pb::STATUS_OK);
  }
  const auto refused = world.ask(stranger, fetch(alice));
  EXPECT_EQ(refused.status(), pb::STATUS_BUSY);
  EXPECT_GT(refused.retry_after_seconds(), 0U);
  EXPECT_LE(refused.retry_after_seconds(), 3'600U);
  const auto again = connect(world, from(1));
  EXPECT_EQ(world.ask(again, fetch(alice)).status(), pb::STATUS_BUSY) << "a new connection";
  EXPECT_EQ(world.ask(connect(world, from(2)), fetch(alice)).status(), pb::STATUS_OK);
  world.now.steady += 1h;
  EXPECT_EQ(world.ask(again, fetch(alice)).status(), pb::STATUS_OK);
}

TEST_F(FetchLimits, UnknownAccountsCountAsWell) {
  World world{limits};
  const auto stranger = connect(world, from(1));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(world.ask(stranger, fetch(alice)).status(), pb::STATUS_REFUSED);
  }
  EXPECT_EQ(world.ask(stranger, fetch(alice)).status(), pb::STATUS_BUSY);
}

TEST_F(FetchLimits, WhereManyPeopleShareAnAddressNobodyUsesUpWhatTheOthersMayFetch) {
  World world{limits};
  alice.register_at(world);
  const auto stranger = connect(world, std::nullopt);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(world.ask(stranger, fetch(alice)).status(), pb::STATUS_OK);
  }
}

}  // namespace
}  // namespace bisik::server
