#include "server/sweeper.hpp"

#include <gtest/gtest.h>

#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class SweeperTest : public testing::Test {
 protected:
  SweeperTest() {
    alice.register_at(world);
    pass_days(0);
  }
  void send(int cells) {
    world.limits.requests_in_flight = 100'000;
    const auto bob = world.connect_anonymous();
    for (int i = 0; i < cells; ++i) world.request(bob, cell_for(alice, 1));
    world.settle();
    world.disconnect(bob);
    world.settle();
  }
  // As a relay lives them: a tick now and then.
  void pass_days(int days) {
    for (int hour = 0; hour < 24 * days; hour += 2) {
      world.pass(2h);
      world.settle();
    }
    world.pass(1s);
    world.settle();
  }
  std::int64_t cells_waiting() {
    return world.store.queues().find(alice.mailbox.bytes)->cells_waiting;
  }

  World world;
  Resident alice;
};

TEST_F(SweeperTest, CellsAreKeptForTheirThirtyDaysAndThenGo) {
  send(3);
  pass_days(30);
  EXPECT_EQ(cells_waiting(), 3);
  pass_days(2);
  EXPECT_EQ(cells_waiting(), 0);
}

TEST_F(SweeperTest, ASweepDeletesABoundedNumberOfRowsAndComesAgainSoon) {
  send(static_cast<int>(kSweepRows) + 10);
  pass_days(30);
  world.pass(24h);  // one tick: one step of the calendar, one sweep
  world.settle();
  EXPECT_EQ(cells_waiting(), 10);
  world.pass(kSweepAgain);
  world.settle();
  EXPECT_EQ(cells_waiting(), 0);
}

TEST_F(SweeperTest, AClockTenYearsWrongInEitherDirectionDeletesNothingEarly) {
  send(3);
  for (const auto jump : {std::chrono::years{10}, std::chrono::years{-20}}) {
    world.now.wall += jump;
    pass_days(1);
    EXPECT_EQ(cells_waiting(), 3);
  }
  send(2);
  world.now.wall += std::chrono::years{10};
  pass_days(20);
  EXPECT_EQ(cells_waiting(), 5);
}

TEST_F(SweeperTest, ExpiredInvitesAndWriteKeysGo) {
  const auto invite = crypto::Capability::random();
  add_invite(world, invite, 1, 1h);
  pass_days(3);
  EXPECT_FALSE(world.store.invites().find(invite.hash()));
}

TEST_F(SweeperTest, OnlyOneSweepWaitsAtATime) {
  world.pass(kSweepInterval);
  world.pass(kSweepInterval);
  EXPECT_EQ(world.waiting(), 1U);
}

}  // namespace
}  // namespace bisik::server
