// Which session is sent in, where several lead to one device: both sides come to the same one.
#include "client/engine/session_book.hpp"

#include <gtest/gtest.h>

#include "client/engine/limits.hpp"
#include "crypto/limits.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

class SessionBookTest : public testing::Test {
 protected:
  struct Side {
    explicit Side(const char* name) {
      Step step{{}};
      const auto key = crypto::DhKeyPair::generate().public_key;
      const proto::Link link{.relay = {"relay.example", 7443, key}, .invite = {}, .contact = {}};
      identity = Identity::create(name, link, step);
      keys.generate(step);
    }
    [[nodiscard]] crypto::DeviceAddress address() const {
      return crypto::DeviceAddress::of(identity->device.record);
    }
    // What others need to start a session, as the bundle says it.
    [[nodiscard]] crypto::PeerPrekeys prekeys() const {
      const auto& newest = keys.generations().back();
      return {identity->device.record,
              newest.seal.public_half(),
              newest.signed_prekey.public_half(),
              {},
              newest.pq_signed_prekey.public_half()};
    }
    std::optional<Identity> identity;
    KeyRing keys;
    SessionBook sessions;
  };

  [[nodiscard]] Step step() const { return Step{{{}, now_}}; }
  void start(Side& from, const Side& to) const {
    auto step = this->step();
    from.sessions.add(step, crypto::Session::initiate(from.identity->device, to.prekeys()).value());
  }
  crypto::Bytes seal(Side& from, const Side& to) const {
    auto step = this->step();
    return from.sessions.seal(step, to.address(), crypto::as_bytes("hello"));
  }
  auto open(Side& by, const crypto::Bytes& cell) const {
    auto step = this->step();
    return by.sessions.open(step, *by.identity, by.keys, cell);
  }
  bool opens(Side& by, const crypto::Bytes& cell) const { return open(by, cell).has_value(); }
  [[nodiscard]] bool is_overdue(const Side& from, const Side& to) const {
    return from.sessions.is_overdue(step(), to.address(), kUnansweredLifetime);
  }
  [[nodiscard]] crypto::Transcript sending(const Side& from, const Side& to) const {
    return from.sessions.sending_in(to.address());
  }
  void lose_keys(Side& of) const {
    auto step = this->step();
    of.keys = {};
    of.keys.generate(step);
  }
  void give_up(Side& by, const Side& of) const {
    auto step = this->step();
    by.sessions.archive_all(step, of.address());
  }
  // A cell that says so.
  void hear_of_loss(Side& by, const crypto::Bytes& cell) const {
    const auto opened = open(by, cell);
    ASSERT_TRUE(opened.has_value());
    auto step = this->step();
    by.sessions.begin_anew(step, opened->session);
  }
  void abandon(Side& from, const Side& to) const {
    auto step = this->step();
    from.sessions.abandon(step, to.address());
  }

  struct Sodium {
    Sodium() { crypto::initialise(); }
  };
  Sodium sodium_;
  std::chrono::sys_time<milliseconds> now_{std::chrono::days{20'000}};
  Side alice_{"Alice"};
  Side bob_{"Bob"};
};

TEST_F(SessionBookTest, WhatWasAnsweredInAnAbandonedSessionIsReadAndTheSessionTakenUpAgain) {
  start(alice_, bob_);
  const auto first = sending(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  const auto answer = seal(bob_, alice_);
  abandon(alice_, bob_);
  EXPECT_FALSE(alice_.sessions.can_send(bob_.address()));
  start(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  EXPECT_NE(sending(bob_, alice_), first);
  ASSERT_TRUE(opens(alice_, answer));
  EXPECT_TRUE(alice_.sessions.confirmed(bob_.address()));
  EXPECT_EQ(sending(alice_, bob_), first);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  EXPECT_EQ(sending(bob_, alice_), first) << "both go on in the same one";
}

// Otherwise he would be answered in one that he may not have any more.
TEST_F(SessionBookTest, WhoeverStartsAnewBeforeHeWasAnsweredIsAnsweredInTheNewOne) {
  start(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  abandon(alice_, bob_);
  start(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  EXPECT_EQ(sending(bob_, alice_), sending(alice_, bob_));
}

// A first message that a relay has held back moves nobody who is talking.
TEST_F(SessionBookTest, ASessionInWhichBothHaveSpokenStaysWhenAnotherOneBegins) {
  start(alice_, bob_);
  const auto late = seal(alice_, bob_);
  abandon(alice_, bob_);
  start(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  ASSERT_TRUE(opens(alice_, seal(bob_, alice_)));
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  const auto both = sending(bob_, alice_);
  ASSERT_TRUE(opens(bob_, late));
  EXPECT_EQ(sending(bob_, alice_), both);
  EXPECT_EQ(sending(alice_, bob_), both);
}

// Else each would send where the other one never answers, and no key would be replaced any more.
TEST_F(SessionBookTest, WhoeverBeginAnewAtOnceGoOnInTheSameSession) {
  for (int round = 0; round < 12; ++round) {  // whosever EK is the smaller one
    start(alice_, bob_);
    ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
    give_up(alice_, bob_);
    give_up(bob_, alice_);
    start(alice_, bob_);
    start(bob_, alice_);
    const auto from_alice = seal(alice_, bob_);
    const auto from_bob = seal(bob_, alice_);
    hear_of_loss(bob_, from_alice);
    hear_of_loss(alice_, from_bob);
    for (int turn = 0; turn < 2; ++turn) {
      ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
      ASSERT_TRUE(opens(alice_, seal(bob_, alice_)));
    }
    EXPECT_TRUE(alice_.sessions.confirmed(bob_.address()));
    EXPECT_TRUE(bob_.sessions.confirmed(alice_.address()));
    ASSERT_EQ(sending(alice_, bob_), sending(bob_, alice_));
  }
}

// He cannot say that he does not have what was begun here: he cannot open a cell of it.
TEST_F(SessionBookTest, WhoeverCannotReadWhatWasBegunAtOnceIsAnsweredInWhatHeBegan) {
  for (int round = 0; round < 12; ++round) {  // whosever EK is the smaller one
    Side carol{"Carol"};
    start(alice_, carol);
    ASSERT_TRUE(opens(carol, seal(alice_, carol)));
    give_up(alice_, carol);
    start(alice_, carol);
    lose_keys(carol);
    give_up(carol, alice_);
    start(carol, alice_);
    hear_of_loss(alice_, seal(carol, alice_));
    hear_of_loss(alice_, seal(carol, alice_));  // and again, in the same
    ASSERT_TRUE(opens(carol, seal(alice_, carol)));
    ASSERT_TRUE(opens(alice_, seal(carol, alice_)));
    EXPECT_EQ(sending(alice_, carol), sending(carol, alice_));
  }
}

// In the one that the other side has not answered, in case it cannot.
TEST_F(SessionBookTest, WhatWasSealedInASessionThatIsPassedOverMayNotBeRead) {
  bool passed_over = false;
  for (int round = 0; round < 12; ++round) {
    Side carol{"Carol"};
    start(alice_, carol);
    start(carol, alice_);
    const auto hers = sending(alice_, carol);
    EXPECT_FALSE(alice_.sessions.is_passed_over(hers));
    const auto begun = seal(alice_, carol);
    ASSERT_TRUE(opens(alice_, seal(carol, alice_)));
    const bool other = sending(alice_, carol) != hers;
    EXPECT_EQ(alice_.sessions.is_passed_over(hers), other);
    passed_over |= other;
    ASSERT_TRUE(opens(carol, begun));
    ASSERT_TRUE(opens(alice_, seal(carol, alice_)));
    ASSERT_TRUE(opens(carol, seal(alice_, carol)));
    EXPECT_FALSE(carol.sessions.is_passed_over(sending(alice_, carol)));
  }
  EXPECT_TRUE(passed_over);
}

// The second time it is no coincidence: what was begun here is not there.
TEST_F(SessionBookTest, WhoeverBeginsAnewAgainIsFollowed) {
  for (int round = 0; round < 12; ++round) {
    Side carol{"Carol"};
    start(alice_, carol);
    ASSERT_TRUE(opens(carol, seal(alice_, carol)));
    give_up(alice_, carol);
    start(alice_, carol);  // it never arrives
    for (int times = 0; times < 2; ++times) {
      give_up(carol, alice_);
      start(carol, alice_);
      hear_of_loss(alice_, seal(carol, alice_));
    }
    ASSERT_EQ(sending(alice_, carol), sending(carol, alice_));
  }
}

// Nothing was given up here, so that what was begun is from before.
TEST_F(SessionBookTest, WhoeverHasOnlyBegunGoesOnInWhatTheOtherBeginsAnew) {
  for (int round = 0; round < 12; ++round) {
    Side carol{"Carol"};
    start(alice_, carol);
    start(carol, alice_);
    hear_of_loss(alice_, seal(carol, alice_));
    ASSERT_EQ(sending(alice_, carol), sending(carol, alice_));
  }
}

TEST_F(SessionBookTest, AnUnansweredSessionIsOverdueAfterItsTimeAndAnAnsweredOneNever) {
  start(alice_, bob_);
  const auto cell = seal(alice_, bob_);
  now_ += kUnansweredLifetime - milliseconds{1};
  EXPECT_FALSE(is_overdue(alice_, bob_));
  now_ += milliseconds{1};
  EXPECT_TRUE(is_overdue(alice_, bob_));
  ASSERT_TRUE(opens(bob_, cell));
  EXPECT_FALSE(is_overdue(bob_, alice_)) << "the other one has started it";
  ASSERT_TRUE(opens(alice_, seal(bob_, alice_)));
  EXPECT_FALSE(is_overdue(alice_, bob_));
}

TEST_F(SessionBookTest, AnAbandonedSessionThatIsResumedHasItsTimeAgain) {
  start(alice_, bob_);
  const auto first = sending(alice_, bob_);
  EXPECT_FALSE(alice_.sessions.can_resume(bob_.address()));
  now_ += kUnansweredLifetime;
  abandon(alice_, bob_);
  ASSERT_TRUE(alice_.sessions.can_resume(bob_.address()));
  auto step = this->step();
  alice_.sessions.resume(step, bob_.address());
  EXPECT_EQ(sending(alice_, bob_), first);
  EXPECT_FALSE(is_overdue(alice_, bob_));
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  ASSERT_TRUE(opens(alice_, seal(bob_, alice_)));
  abandon(alice_, bob_);
  EXPECT_FALSE(alice_.sessions.can_resume(bob_.address())) << "it was answered";
}

TEST_F(SessionBookTest, AFirstMessageWhosePrekeyIsGoneSaysWhomItClaimsToBeFrom) {
  auto step = this->step();
  auto prekeys = bob_.prekeys();
  prekeys.one_time_key = crypto::OneTimeKey::generate().public_half();  // not among Bob's
  alice_.sessions.add(step, crypto::Session::initiate(alice_.identity->device, prekeys).value());
  const auto refused = open(bob_, seal(alice_, bob_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, crypto::Errc::unknown_prekey);
  EXPECT_EQ(refused.error().claimed, alice_.address());
}

// Relays have refused the others, and nobody has heard of them.
TEST_F(SessionBookTest, AFirstMessageThatComesAfterTooManySaysWhomItClaimsToBeFrom) {
  start(alice_, bob_);
  for (std::uint32_t i = 0; i <= crypto::kMaxSkip; ++i) {
    static_cast<void>(seal(alice_, bob_));
  }
  const auto refused = open(bob_, seal(alice_, bob_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, crypto::Errc::too_many_skipped);
  EXPECT_EQ(refused.error().claimed, alice_.address());
}

TEST_F(SessionBookTest, AnAnsweredSessionIsNotAbandoned) {
  start(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  ASSERT_TRUE(opens(alice_, seal(bob_, alice_)));
  abandon(alice_, bob_);
  EXPECT_TRUE(alice_.sessions.can_send(bob_.address()));
}

// Both start before either has heard of the other: the smaller EK is what both go on with.
TEST_F(SessionBookTest, OfTwoThatWereStartedAtOnceBothSidesKeepTheSame) {
  for (int trial = 0; trial < 8; ++trial) {
    Side alice{"Alice"};
    Side bob{"Bob"};
    start(alice, bob);
    start(bob, alice);
    const auto from_alice = seal(alice, bob);
    const auto from_bob = seal(bob, alice);
    ASSERT_TRUE(opens(bob, from_alice));
    ASSERT_TRUE(opens(alice, from_bob));
    ASSERT_TRUE(opens(bob, seal(alice, bob)));
    ASSERT_TRUE(opens(alice, seal(bob, alice)));
    EXPECT_TRUE(alice.sessions.confirmed(bob.address()));
    EXPECT_TRUE(bob.sessions.confirmed(alice.address()));
  }
}

TEST_F(SessionBookTest, AFirstMessageIsAcceptedOnceAndForgottenWithItsKey) {
  start(alice_, bob_);
  const auto cell = seal(alice_, bob_);
  ASSERT_TRUE(opens(bob_, cell));
  auto step = this->step();
  bob_.sessions.forget(step, alice_.identity->id());
  const auto refused = open(bob_, cell);
  ASSERT_FALSE(refused) << "a replay";
  EXPECT_EQ(refused.error().why, crypto::Errc::replayed);
  EXPECT_EQ(refused.error().claimed, alice_.address());
  bob_.sessions.forget_prekey(step, bob_.keys.generations().back().signed_prekey.id);
  EXPECT_TRUE(opens(bob_, cell)) << "only because the key was not wiped with it here";
}

// As they were kept before it was written down whether both have spoken, since when one is
// archived, and when its peer was told of a place.
TEST_F(SessionBookTest, ASessionOfAnEarlierBuildIsGoneOnWith) {
  struct Build {
    std::uint8_t version;
    std::size_t fields;  // bytes, as far as it knew them
  };
  for (const auto& build :
       {Build{1, 1 + 1 + 8}, Build{2, 1 + 1 + 8 + 8 + 1}, Build{3, 1 + 1 + 8 + 8 + 1 + 8}}) {
    auto step = this->step();
    alice_.sessions = {};
    alice_.sessions.add(step,
                        crypto::Session::initiate(alice_.identity->device, bob_.prekeys()).value());
    auto kept = std::move(step).take().rows;
    for (auto& row : kept) {
      const auto now = row.value->expose();
      crypto::SecretBuffer old;
      old.append_int(build.version).append(now.first(build.fields).subspan(1));
      old.append(now.subspan(SessionBook::kBytesBeforeSession));
      row.value = std::move(old);
    }
    MemoryRows rows;
    rows.commit(kept);
    alice_.sessions = {};
    alice_.sessions.load(rows);
    EXPECT_TRUE(opens(bob_, seal(alice_, bob_))) << int{build.version};
  }
}

TEST_F(SessionBookTest, WhoeverGoesOnInAnArchivedSessionIsToBeToldOnceADay) {
  start(alice_, bob_);
  const auto session = sending(alice_, bob_);
  const auto is_to_be_told = [&] {
    auto step = this->step();
    return alice_.sessions.is_to_be_told(step, session, kBeginAnewAgain);
  };
  now_ += kBeginAnewAgain;
  EXPECT_FALSE(is_to_be_told()) << "it is not archived";
  give_up(alice_, bob_);
  EXPECT_FALSE(is_to_be_told()) << "it may have been on its way";
  now_ += kBeginAnewAgain;
  EXPECT_TRUE(is_to_be_told());
  EXPECT_FALSE(is_to_be_told());
  now_ += kBeginAnewAgain;
  EXPECT_TRUE(is_to_be_told());
}

// Or what was said of it before we were found out to be a copy would be news once more.
TEST_F(SessionBookTest, SinceWhenASessionIsGivenUpStaysWhoeverGoesOnInIt) {
  start(alice_, bob_);
  const auto session = sending(alice_, bob_);
  EXPECT_EQ(alice_.sessions.given_up_ms(session), SessionBook::kNever);
  give_up(alice_, bob_);
  const auto since_ms = alice_.sessions.given_up_ms(session);
  now_ += kBeginAnewAgain;
  auto step = this->step();
  EXPECT_TRUE(alice_.sessions.is_to_be_told(step, session, kBeginAnewAgain));
  EXPECT_TRUE(alice_.sessions.is_place_to_be_told(step, session, kRetryAgain));
  EXPECT_EQ(alice_.sessions.given_up_ms(session), since_ms);
  EXPECT_LT(since_ms, step.now_ms());
}

}  // namespace
}  // namespace bisik::client
