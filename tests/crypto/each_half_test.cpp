// The classical and the post-quantum half are each enough alone: whoever breaks X25519 and learns
// every secret of it, or breaks ML-KEM and learns every secret of that, derives no key and opens
// nothing, in handshake, seal and ratchet. What he computes is what the honest side computes, with
// any other secrets in place of those that he lacks; with both halves he opens everything.
#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

enum class Broken { x25519, ml_kem, both };

void forget(DhKeyPair& pair) { pair.secret_key = DhSecretKey::random(); }
void forget(KemKeyPair& pair) { pair.seed = KemSeed::random(); }

// Everything public stays; of the private halves those of the other kind go. He may have broken
// Alice's keys as well, which gives him the same shared secrets.
void leave(Peer& bob, Broken broken) {
  if (broken == Broken::ml_kem) {
    for (auto* pair : {&bob.device.identity_key, &bob.signed_prekey.pair, &bob.one_time_key.pair,
                       &bob.seal.dh}) {
      forget(*pair);
    }
  }
  if (broken == Broken::x25519) {
    for (auto* pair : {&bob.pq_signed_prekey.pair, &bob.pq_one_time_key.pair, &bob.seal.kem}) {
      forget(*pair);
    }
  }
}

class EachHalfTest : public testing::TestWithParam<Broken> {
 protected:
  [[nodiscard]] static bool opens() { return GetParam() == Broken::both; }

  // With the seal as Bob has it, so that this is about the handshake alone.
  [[nodiscard]] bool opens_session(const PeerPrekeys& published) {
    auto session = Session::initiate(alice.device, published).value();
    const auto first = open_first_message(bob.seal, session.seal(kCell, text("secret"))).value();
    leave(bob, GetParam());
    const auto ours = bob.named_by(first.handshake.origin.ids);
    return static_cast<bool>(Session::respond(ours, first, Remembered{}, kNow));
  }

  Peer alice, bob;
};

TEST_P(EachHalfTest, GivesNoKeyOfAHandshake) {
  const auto made = initiate_handshake(alice.device, bob.published()).value();
  leave(bob, GetParam());
  const auto ours = bob.named_by(made.fields.origin.ids);
  const auto keys =
      respond_handshake(ours, made.fields, alice.device.record, transcript(made.fields, ours))
          .value();
  EXPECT_EQ(equal(made.keys.root, keys.root), opens());
  EXPECT_EQ(equal(made.keys.initiator_header, keys.initiator_header), opens());
  EXPECT_EQ(equal(made.keys.responder_next_header, keys.responder_next_header), opens());
}

TEST_P(EachHalfTest, OpensNoFirstMessageBehindItsSeal) {
  EXPECT_EQ(opens_session(bob.published()), opens());
}

TEST_P(EachHalfTest, OpensNoneThatWasMadeWithoutOneTimeKeys) {
  EXPECT_EQ(opens_session(bob.published_without_one_time_keys()), opens());
}

TEST_P(EachHalfTest, OpensNoSeal) {
  auto session = Session::initiate(alice.device, bob.published()).value();
  const auto cell = session.seal(kCell, text("secret"));
  leave(bob, GetParam());
  EXPECT_EQ(static_cast<bool>(open_first_message(bob.seal, cell)), opens());
}

// A thief who had the whole state once, and who learns one half of what the next turn draws.
TEST_P(EachHalfTest, OpensNothingBehindTheNextTurnOfARatchet) {
  auto dialogue = Dialogue::established();
  dialogue.alice_says("a chain whose private keys are drawn after the theft");
  // Where `sending chain` has them (docs/protocol.md 6.7).
  constexpr std::size_t kDhSecret = 1 + 32 + 32 + 25 + 2 * 36 + 1 + 3 * 32 + 1 + 2 * 32;
  constexpr std::size_t kKemSeed = kDhSecret + 2 * 32 + 4 + 4 + 1;
  auto state = dump(dialogue.alice);
  const auto unknown = KemSeed::random();
  if (GetParam() == Broken::ml_kem) {
    state = overwritten(state, kDhSecret, unknown.expose().first<32>());
  } else if (GetParam() == Broken::x25519) {
    state = overwritten(state, kKemSeed, unknown.expose());
  }
  auto thief = restore(state).value();

  const auto answer = dialogue.bob.seal(kCell, text("secret"));
  const auto another = dialogue.bob.seal(kCell, text("in the same chain"));
  EXPECT_EQ(static_cast<bool>(thief.open(answer, kNow)), opens());
  EXPECT_EQ(static_cast<bool>(thief.open(another, kNow)), opens());
  ASSERT_TRUE(dialogue.alice.open(answer, kNow));
  ASSERT_TRUE(dialogue.alice.open(another, kNow));
}

INSTANTIATE_TEST_SUITE_P(Crypto, EachHalfTest,
                         testing::Values(Broken::x25519, Broken::ml_kem, Broken::both),
                         [](const auto& broken) -> std::string {
                           switch (broken.param) {
                             case Broken::x25519:
                               return "X25519IsBroken";
                             case Broken::ml_kem:
                               return "MlKemIsBroken";
                             case Broken::both:
                               return "BothAreBroken";
                           }
                           return {};
                         });

}  // namespace
}  // namespace bisik::crypto
