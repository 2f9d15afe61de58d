// Grants: drawn under a name, spent without one, once.
#include "server/grant_desk.hpp"

#include <gtest/gtest.h>

#include "tests/server/devices.hpp"
#include "tests/server/failing_store.hpp"
#include "tests/server/grants.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class GrantDeskTest : public testing::Test {
 protected:
  GrantDeskTest() { world.limits.grants_per_day = 3; }

  static std::vector<crypto::Capability> some(std::size_t count) {
    std::vector<crypto::Capability> grants;
    while (grants.size() < count) grants.push_back(crypto::Capability::random());
    return grants;
  }
  std::vector<crypto::Capability> draw(std::size_t count) {
    auto grants = some(count);
    EXPECT_EQ(ask(own, drawing(grants)), pb::STATUS_OK);
    return grants;
  }
  pb::Status ask(ConnectionId from, const pb::Request& request) {
    return world.ask(from, request).status();
  }
  std::string answer(const pb::Request& request) {
    auto response = world.ask(world.connect_anonymous(), request);
    response.clear_number();
    return response.SerializeAsString();
  }
  pb::Status spend(const crypto::Capability& grant, const GroupQueue& queue = {}) {
    return ask(world.connect_anonymous(), queue.creation(grant));
  }
  void pass_days(int days) {
    for (int hour = 0; hour < 24 * days; hour += 2) {
      world.pass(2h);
      world.settle();
    }
  }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
};

TEST_F(GrantDeskTest, AGrantPaysOnce) {
  const auto grants = draw(2);
  EXPECT_EQ(spend(grants[0]), pb::STATUS_OK);
  EXPECT_EQ(spend(grants[0]), pb::STATUS_REFUSED);
  EXPECT_EQ(spend(grants[1]), pb::STATUS_OK);
}

TEST_F(GrantDeskTest, TwoWhoSpendItInOneBatchDoNotBothGetIt) {
  const auto grant = draw(1).front();
  const auto one = world.connect_anonymous();
  const auto other = world.connect_anonymous();
  const auto first = world.request(one, GroupQueue{}.creation(grant));
  const auto second = world.request(other, GroupQueue{}.creation(grant));
  world.settle();
  EXPECT_EQ(world.take_response(one, first)->status(), pb::STATUS_OK);
  EXPECT_EQ(world.take_response(other, second)->status(), pb::STATUS_REFUSED);
}

TEST_F(GrantDeskTest, UnknownExpiredAndSpentAreTheSameBytes) {
  const auto grants = draw(2);
  EXPECT_EQ(spend(grants[0]), pb::STATUS_OK);
  world.now.wall += std::chrono::seconds{world.limits.grant_seconds};
  std::set<std::string> answers;
  for (const auto& grant : {grants[0], grants[1], crypto::Capability::random()}) {
    answers.insert(answer(GroupQueue{}.creation(grant)));
    EXPECT_EQ(spend(grant), pb::STATUS_REFUSED);
  }
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(GrantDeskTest, AGrantIsGoodUntilItsTimeIsOver) {
  const auto grants = draw(1);
  world.now.wall += std::chrono::seconds{world.limits.grant_seconds} - 1s;
  EXPECT_EQ(spend(grants[0]), pb::STATUS_OK);
}

// I1: it is spent with the same commit that makes what it pays for.
TEST_F(GrantDeskTest, WhatCouldNotBeCommittedWasNotSpent) {
  const auto grant = draw(1).front();
  const GroupQueue queue;
  FailingStore disk{world.store};
  disk.fail_next_commit(storage::StorageError::Kind::full);
  const auto stranger = world.connect_anonymous();
  const auto number = world.request(stranger, queue.creation(grant));
  world.run_one_batch_on(disk);
  EXPECT_EQ(world.take_response(stranger, number)->status(), pb::STATUS_BUSY);
  EXPECT_EQ(ask(stranger, queue.creation(grant)), pb::STATUS_OK);
}

TEST_F(GrantDeskTest, AnAnswerThatWasLostCostsNothing) {
  const auto grants = some(3);
  EXPECT_EQ(ask(own, drawing(grants)), pb::STATUS_OK);
  EXPECT_EQ(ask(own, drawing(grants)), pb::STATUS_OK) << "and they count once";
  const GroupQueue queue;
  EXPECT_EQ(spend(grants[0], queue), pb::STATUS_OK);
  EXPECT_EQ(spend(grants[0], queue), pb::STATUS_OK);
}

TEST_F(GrantDeskTest, AnAccountDrawsSoManyADayAndAsManyTheNext) {
  draw(2);
  const auto refused = world.ask(own, drawing(some(2)));
  EXPECT_EQ(refused.status(), pb::STATUS_QUOTA);
  EXPECT_GT(refused.retry_after_seconds(), 0U);
  EXPECT_LE(refused.retry_after_seconds(), 24U * 3600);
  draw(1);  // what was refused has taken nothing
  EXPECT_EQ(ask(own, drawing(some(1))), pb::STATUS_QUOTA);
  Resident bob;
  EXPECT_EQ(ask(bob.register_at(world), drawing(some(3))), pb::STATUS_OK) << "somebody else's";
  world.pass(std::chrono::seconds{refused.retry_after_seconds()});
  own = alice.reconnect(world);
  draw(3);
}

TEST_F(GrantDeskTest, DevicesOfOneAccountShareTheDay) {
  const FurtherDevice tablet{alice, 2};
  const auto both = list_after(alice.list, alice, {alice.device.record, tablet.device.record});
  EXPECT_EQ(ask(own, addition(world, alice, both, tablet, alice.handshake)), pb::STATUS_OK);
  draw(3);
  EXPECT_EQ(ask(tablet.connect(world), drawing(some(1))), pb::STATUS_QUOTA);
}

TEST_F(GrantDeskTest, TheyAreDrawnUnderANameAndSpentWithoutOne) {
  const auto grant = draw(1).front();
  EXPECT_EQ(ask(world.connect_anonymous(), drawing(some(1))), pb::STATUS_MALFORMED);
  EXPECT_EQ(ask(own, GroupQueue{}.creation(grant)), pb::STATUS_MALFORMED);
  const Resident stranger;
  EXPECT_EQ(ask(stranger.reconnect(world), drawing(some(1))), pb::STATUS_NOT_REGISTERED);
  EXPECT_EQ(spend(grant), pb::STATUS_OK);
}

// Without a grant nobody learns which queues there are, and with one it is kept.
TEST_F(GrantDeskTest, AnIdThatIsTakenIsToldToWhoeverPaysAndCostsNothing) {
  const auto grant = draw(1).front();
  GroupQueue taken;
  taken.id = alice.mailbox;
  EXPECT_EQ(spend(crypto::Capability::random(), taken), pb::STATUS_REFUSED);
  EXPECT_EQ(spend(grant, taken), pb::STATUS_CONFLICT);
  EXPECT_EQ(spend(grant), pb::STATUS_OK);
}

TEST_F(GrantDeskTest, ExpiredOnesAreSwept) {
  const auto grants = draw(3);
  pass_days(33);
  for (const auto& grant : grants) EXPECT_EQ(world.store.grants().end(grant.hash()), std::nullopt);
}

}  // namespace
}  // namespace bisik::server
