// Which session is sent in, where several lead to one device: both sides come to the same one.
#include "client/engine/session_book.hpp"

#include <gtest/gtest.h>

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

  static void start(Side& from, const Side& to) {
    Step step{{}};
    from.sessions.add(step, crypto::Session::initiate(from.identity->device, to.prekeys()).value());
  }
  static crypto::Bytes seal(Side& from, const Side& to) {
    Step step{{}};
    return from.sessions.seal(step, to.address(), crypto::as_bytes("hello"));
  }
  static bool opens(Side& by, const crypto::Bytes& cell) {
    Step step{{}};
    return by.sessions.open(step, *by.identity, by.keys, cell).has_value();
  }
  static void abandon(Side& from, const Side& to) {
    Step step{{}};
    from.sessions.abandon(step, to.address());
  }

  struct Sodium {
    Sodium() { crypto::initialise(); }
  };
  Sodium sodium_;
  Side alice_{"Alice"};
  Side bob_{"Bob"};
};

TEST_F(SessionBookTest, WhatWasAnsweredInAnAbandonedSessionIsReadAndTheSessionTakenUpAgain) {
  start(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  abandon(alice_, bob_);
  EXPECT_FALSE(alice_.sessions.can_send(bob_.address()));
  start(alice_, bob_);
  ASSERT_TRUE(opens(bob_, seal(alice_, bob_)));
  EXPECT_FALSE(alice_.sessions.confirmed(bob_.address()));
  ASSERT_TRUE(opens(alice_, seal(bob_, alice_))) << "Bob answers in the first one";
  EXPECT_TRUE(alice_.sessions.confirmed(bob_.address()));
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
  Step step{{}};
  bob_.sessions.forget(step, alice_.identity->id());
  EXPECT_FALSE(opens(bob_, cell)) << "a replay";
  bob_.sessions.forget_prekey(step, bob_.keys.generations().back().signed_prekey.id);
  EXPECT_TRUE(opens(bob_, cell)) << "only because the key was not wiped with it here";
}

}  // namespace
}  // namespace bisik::client
