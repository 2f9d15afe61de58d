// Skipped messages, and how many of them a session follows and keeps.

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

class RatchetLimitsTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<Bytes> alice_writes(std::size_t count) {
    std::vector<Bytes> cells;
    for (std::size_t i = 0; i < count; ++i) cells.push_back(alice.seal(kCell, text("x")));
    return cells;
  }
  void turn() {
    dialogue.bob_says("a turn");
    dialogue.alice_says("of the ratchet");
  }
  void expect_refused(ByteView cell, Errc error, UnixTime now = kNow) {
    const auto before = dump(bob);
    EXPECT_EQ(bob.open(cell, now).error(), error);
    EXPECT_EQ(dump(bob), before);
  }

  Dialogue dialogue = Dialogue::established();
  Session& alice = dialogue.alice;
  Session& bob = dialogue.bob;
};

TEST_F(RatchetLimitsTest, AThousandMissingMessagesArriveLater) {
  const auto cells = alice_writes(kMaxSkip + 1);
  EXPECT_TRUE(bob.open(cells.back(), kNow));
  for (std::size_t i = 0; i < kMaxSkip; ++i) ASSERT_TRUE(bob.open(cells[i], kNow)) << i;
  expect_refused(cells.front(), Errc::message_key_unavailable);
}

TEST_F(RatchetLimitsTest, OneMoreIsRefusedInANewChain) {
  expect_refused(alice_writes(kMaxSkip + 2).back(), Errc::too_many_skipped);
}

TEST_F(RatchetLimitsTest, OneMoreIsRefusedInThePresentChain) {
  dialogue.alice_says("so that the chain is present");
  const auto cells = alice_writes(kMaxSkip + 2);
  expect_refused(cells.back(), Errc::too_many_skipped);
  EXPECT_TRUE(bob.open(cells[kMaxSkip], kNow));
}

TEST_F(RatchetLimitsTest, MissingMessagesOfBothChainsCountTogether) {
  dialogue.alice_says("so that the chain is present");
  const auto missing = alice_writes(kMaxSkip / 2);
  dialogue.bob_says("a turn");
  const auto cells = alice_writes(kMaxSkip / 2 + 2);
  expect_refused(cells.back(), Errc::too_many_skipped);
  EXPECT_TRUE(bob.open(cells[kMaxSkip / 2], kNow));
  for (const auto& cell : missing) ASSERT_TRUE(bob.open(cell, kNow));
}

TEST_F(RatchetLimitsTest, FirstMessageTooMayBeOneOfAThousand) {
  const Peer ours, theirs;
  auto session = Session::initiate(ours.device, theirs.published()).value();
  for (std::uint32_t i = 0; i < kMaxSkip; ++i) static_cast<void>(session.seal(kCell, {}));
  const auto last = session.seal(kCell, text("last")), beyond = session.seal(kCell, {});
  EXPECT_EQ(answer(theirs, beyond).error(), Errc::too_many_skipped);
  EXPECT_EQ(answer(theirs, last).value().content, text("last"));
}

TEST_F(RatchetLimitsTest, OldestKeysGoWhenTooManyAreKept) {
  std::vector<Bytes> missing;
  for (int round = 0; round < 3; ++round) {
    const auto cells = alice_writes(kMaxSkip);
    missing.insert(missing.end(), cells.begin(), cells.end());
    dialogue.alice_says("which shows what is missing");
  }
  ASSERT_EQ(missing.size(), kMaxSkippedKeys + kMaxSkip);
  expect_refused(missing[kMaxSkip - 1], Errc::message_key_unavailable);
  EXPECT_TRUE(bob.open(missing[kMaxSkip], kNow));
  EXPECT_TRUE(bob.open(missing.back(), kNow));
}

TEST_F(RatchetLimitsTest, LateMessagesOfThreeChainsShareTheLimit) {
  std::vector<Bytes> missing;
  for (int round = 0; round < 3; ++round) {
    const auto cells = alice_writes(900);
    missing.insert(missing.end(), cells.begin(), cells.end());
    dialogue.alice_says("which shows what is missing");
    turn();
  }
  expect_refused(missing[2 * 900 - kMaxSkippedKeys / 2 - 101], Errc::message_key_unavailable);
  EXPECT_TRUE(bob.open(missing[3 * 900 - kMaxSkippedKeys], kNow));
  EXPECT_TRUE(bob.open(missing.back(), kNow));
}

TEST_F(RatchetLimitsTest, FivePastChainsAreRemembered) {
  std::vector<Bytes> late;
  for (std::size_t i = 0; i < kMaxPastChains + 2; ++i) {
    late.push_back(alice.seal(kCell, text("late")));
    dialogue.alice_says("in time");
    dialogue.bob_says("a turn");
  }
  // The last of these chains is the present one.
  expect_refused(late[0], Errc::no_header_key);
  for (std::size_t i = 1; i < late.size(); ++i) EXPECT_TRUE(bob.open(late[i], kNow)) << i;
}

TEST_F(RatchetLimitsTest, SkippedKeysLiveThirtyDays) {
  dialogue = Dialogue::begin();  // so that there is no past chain, which would go as well
  const auto used = bob.seal(kCell, text("late")), unused = bob.seal(kCell, text("too late"));
  dialogue.bob_says("which shows what is missing");
  const auto last_moment = kNow + kSkippedKeyLifetime;
  const auto too_late = last_moment + std::chrono::seconds{1};
  EXPECT_TRUE(alice.open(used, last_moment));
  EXPECT_EQ(alice.open(unused, too_late).error(), Errc::message_key_unavailable);

  const auto size = dump(alice).size();
  EXPECT_TRUE(alice.open(bob.seal(kCell, {}), too_late));
  EXPECT_EQ(dump(alice).size(), size - 44);  // the key is gone, not only refused
}

TEST_F(RatchetLimitsTest, PastChainsLiveThirtyDays) {
  const auto late = alice_writes(2);
  dialogue.alice_says("which shows what is missing");
  turn();
  EXPECT_TRUE(bob.open(late[0], kNow + kSkippedKeyLifetime));
  const auto too_late = kNow + kSkippedKeyLifetime + std::chrono::seconds{1};
  EXPECT_TRUE(bob.open(alice.seal(kCell, {}), too_late));
  expect_refused(late[1], Errc::no_header_key, too_late);
}

TEST_F(RatchetLimitsTest, ClockThatGoesBackLosesNothing) {
  const auto late = alice_writes(2);
  dialogue.alice_says("which shows what is missing");
  EXPECT_TRUE(bob.open(late[0], kNow - std::chrono::days{3650}));
  EXPECT_TRUE(bob.open(late[1], kNow));
}

}  // namespace
}  // namespace bisik::crypto
