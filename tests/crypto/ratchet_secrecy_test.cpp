// Invariants I4 and I6: what a stolen or copied state is good for.

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

class RatchetSecrecyTest : public testing::Test {
 protected:
  Dialogue dialogue = Dialogue::established();
  Session& alice = dialogue.alice;
  Session& bob = dialogue.bob;
};

TEST_F(RatchetSecrecyTest, StateOpensNothingThatItHasProcessed) {
  std::vector<Bytes> processed;
  for (int turn = 0; turn < 4; ++turn) {
    for (int i = 0; i < 5; ++i) {
      processed.push_back(alice.seal(kCell, text("secret")));
      ASSERT_TRUE(bob.open(processed.back(), kNow));
      auto thief = copy_of(bob);
      for (const auto& cell : processed) ASSERT_FALSE(thief.open(cell, kNow));
    }
    dialogue.bob_says("a turn");
  }
}

// Not even the sender's own state opens what was sent: CKs has moved on, and nothing older is kept.
TEST_F(RatchetSecrecyTest, StateHoldsNoKeyOfThePast) {
  const auto contains = [](const Bytes& state, ByteView key) {
    return std::search(state.begin(), state.end(), key.begin(), key.end()) != state.end();
  };
  const auto key_at = [](const Bytes& state, std::size_t offset) {
    return copy_of(ByteView{state}.subspan(offset, 32));
  };
  constexpr std::size_t kRatchet = 1 + 32 + 32 + 25 + 2 * 36 + 1;
  constexpr std::size_t kChainKey = kRatchet + 3 * 32 + 1 + 32;  // CKs after RK, NHKs, NHKr, HKs
  constexpr std::size_t kDhSecret = kChainKey + 32;
  static_cast<void>(alice.seal(kCell, {}));
  const auto before = dump(alice);
  static_cast<void>(alice.seal(kCell, {}));
  EXPECT_FALSE(contains(dump(alice), key_at(before, kChainKey)));
  EXPECT_TRUE(contains(dump(alice), key_at(before, kDhSecret)));

  dialogue.alice_says("so that Bob can turn");
  dialogue.bob_says("a turn");
  EXPECT_FALSE(contains(dump(alice), key_at(before, kDhSecret)));
  EXPECT_FALSE(contains(dump(alice), key_at(before, kRatchet)));
}

// Healing needs what the thief never had: each turn draws an X25519 and an ML-KEM key of its own.
TEST_F(RatchetSecrecyTest, EachTurnDrawsNewKeysOfBothKinds) {
  constexpr std::size_t kDhSecret = 1 + 32 + 32 + 25 + 2 * 36 + 1 + 3 * 32 + 1 + 2 * 32;
  constexpr std::size_t kKemSeed = kDhSecret + 2 * 32 + 4 + 4 + 1;
  std::set<Bytes> drawn;
  for (int turn = 0; turn < 5; ++turn) {
    dialogue.alice_says("a turn");
    const auto state = dump(alice);
    EXPECT_TRUE(drawn.insert(copy_of(ByteView{state}.subspan(kDhSecret, 32))).second);
    EXPECT_TRUE(drawn.insert(copy_of(ByteView{state}.subspan(kKemSeed, 64))).second);
    dialogue.bob_says("another");
  }
}

TEST_F(RatchetSecrecyTest, ThiefOpensNothingNewAfterOneRoundTrip) {
  auto thief_of_bob = copy_of(bob);
  auto thief_of_alice = copy_of(alice);
  auto thief_who_wrote = copy_of(alice);
  static_cast<void>(thief_who_wrote.seal(kCell, text("with an X25519 and a KEM key of its own")));
  dialogue.bob_says("the thief may still read this");
  dialogue.alice_says("and this, the first half of the round trip");
  dialogue.bob_says("the second half");
  for (int i = 0; i < 3; ++i) {
    const auto from_alice = alice.seal(kCell, text("healed"));
    const auto from_bob = bob.seal(kCell, text("healed"));
    EXPECT_FALSE(thief_of_bob.open(from_alice, kNow));
    EXPECT_FALSE(thief_of_alice.open(from_bob, kNow));
    EXPECT_FALSE(thief_who_wrote.open(from_bob, kNow));
    ASSERT_TRUE(bob.open(from_alice, kNow));
    ASSERT_TRUE(alice.open(from_bob, kNow));
  }
}

// Each half of a turn heals alone: a thief who also learns the new X25519 secret, or who also
// learns the new KEM secret, still lacks the other.
TEST_F(RatchetSecrecyTest, BothHalvesOfATurnEnterTheRoot) {
  const auto root = RootKey::random();
  const auto dh = SharedSecret::random(), other_dh = SharedSecret::random();
  const std::optional kem{KemSharedSecret::random()}, other_kem{KemSharedSecret::random()};
  const auto turned = step(root, dh, kem);
  for (const auto& other : {std::pair{&other_dh, &kem}, std::pair{&dh, &other_kem}}) {
    const auto guessed = step(root, *other.first, *other.second);
    EXPECT_FALSE(equal(turned.root, guessed.root));
    EXPECT_FALSE(equal(turned.chain, guessed.chain));
    EXPECT_FALSE(equal(turned.next_header, guessed.next_header));
  }
  EXPECT_FALSE(equal(turned.root, step(root, dh, std::nullopt).root));
}

// I4: a restored backup or a cloned machine seals with the same message key. The salt makes the
// cipher's key another one, so the two ciphertexts tell nothing about the two plaintexts.
TEST_F(RatchetSecrecyTest, CopiedStateNeverEncryptsTwiceWithOneKey) {
  auto copy = copy_of(alice);
  const Bytes zeros(1000, 0);
  static_cast<void>(alice.seal(kCell, zeros));  // begins a chain
  copy = copy_of(alice);
  const auto one = alice.seal(kCell, zeros), other = copy.seal(kCell, zeros);
  constexpr std::size_t kBody = 104 + 1184 + 1088 + 40;
  std::size_t equal_bytes = 0;
  for (std::size_t i = kBody; i < kBody + 48 + zeros.size(); ++i) {
    equal_bytes += one[i] == other[i] ? 1U : 0U;
  }
  EXPECT_LT(equal_bytes, 30U);  // 4 of 1,048 are expected by chance
  ASSERT_TRUE(bob.open(one, kNow));
  EXPECT_EQ(bob.open(other, kNow).error(), Errc::message_key_unavailable);
}

}  // namespace
}  // namespace bisik::crypto
