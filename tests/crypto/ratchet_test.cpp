// What a forged, misplaced or repeated message does to a session: nothing (invariant I5).

#include "crypto/ratchet.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

// The header keys that an insider, the peer itself, would have, taken from a session's state.
class Insider {
 public:
  explicit Insider(const Session& victim) : state_{dump(victim)} {}

  // The first message of a chain that the victim has not seen yet, with a body that is not one.
  [[nodiscard]] Bytes next_chain(const DhPublicKey& dh, KemContents carries, std::uint32_t pn,
                                 std::uint32_t n, std::optional<KemPublicKey> kem = {}) const {
    SendingChain chain{HeaderKey::fill([this](auto out) {
                         std::ranges::copy(ByteView{state_}.subspan(kNextReceiving, 32),
                                           out.begin());
                       }),
                       ChainKey::random(),
                       {DhSecretKey::random(), dh},
                       std::nullopt,
                       pn,
                       n};
    if (carries != KemContents::nothing) {
      const auto pair = KemKeyPair::generate();
      chain.kem = SendingChain::Kem{pair.seed.duplicate(), {kem.value_or(pair.public_key), {}}};
    }
    if (carries == KemContents::key_and_ciphertext) chain.kem->offer.ciphertext.emplace();
    return chain.seal(ByteArray<104>{}, text("forged"), kCell);
  }

 private:
  // docs/protocol.md 6.7: version, T, EK, ids, both addresses, no first message; RK, NHKs, NHKr.
  static constexpr std::size_t kNextReceiving = 1 + 32 + 32 + 25 + 2 * 36 + 1 + 32 + 32;
  Bytes state_;
};

class RatchetTest : public testing::Test {
 protected:
  void expect_refused(Session& session, ByteView message, Errc error) {
    const auto before = dump(session);
    EXPECT_EQ(session.open(message, kNow).error(), error);
    EXPECT_EQ(dump(session), before);
  }
  // Every single byte of the cell matters, and a wrong one changes nothing.
  void expect_each_byte_to_matter(Session& session, const Bytes& cell) {
    const auto before = dump(session);
    for (std::size_t i = 0; i < cell.size(); ++i) {
      ASSERT_FALSE(session.open(with_flipped_bit(cell, i), kNow)) << i;
      ASSERT_EQ(dump(session), before) << i;
    }
    EXPECT_TRUE(session.open(cell, kNow));
  }
  static DhPublicKey fresh_point() { return DhKeyPair::generate().public_key; }

  Dialogue dialogue = Dialogue::established();
  Session& alice = dialogue.alice;
  Session& bob = dialogue.bob;
};

TEST_F(RatchetTest, CellForgedAnywhereInThePresentChainChangesNothing) {
  dialogue.alice_says("so that the chain is present");
  expect_each_byte_to_matter(bob, alice.seal(kCell, text("x")));
}

TEST_F(RatchetTest, CellForgedAnywhereInANewChainChangesNothing) {
  expect_each_byte_to_matter(bob, alice.seal(kCell, text("x")));
}

TEST_F(RatchetTest, SkippedCellForgedAnywhereChangesNothing) {
  const auto late = alice.seal(kCell, text("late"));
  dialogue.alice_says("in time");
  expect_each_byte_to_matter(bob, late);
}

TEST_F(RatchetTest, LateCellOfAPastChainForgedAnywhereChangesNothing) {
  const auto late = alice.seal(kCell, text("late"));
  dialogue.alice_says("in time");
  dialogue.bob_says("a turn");
  dialogue.alice_says("of the ratchet");
  expect_each_byte_to_matter(bob, late);
}

TEST_F(RatchetTest, FirstAnswerForgedAnywhereChangesNothing) {
  auto fresh = Dialogue::begin();
  expect_each_byte_to_matter(fresh.alice, fresh.bob.seal(kCell, text("hi")));
}

TEST_F(RatchetTest, RepeatIsToldApartFromACellOfNobody) {
  const auto early = alice.seal(kCell, text("early"));
  ASSERT_TRUE(bob.open(early, kNow));
  expect_refused(bob, early, Errc::message_key_unavailable);
  dialogue.bob_says("a turn");
  dialogue.alice_says("of the ratchet");
  expect_refused(bob, early, Errc::message_key_unavailable);
  expect_refused(bob, Bytes(kCell, 7), Errc::no_header_key);
}

TEST_F(RatchetTest, ChainThatMustCarryBothKemPartsMayLackNeither) {
  static_cast<void>(bob.seal(kCell, {}));  // Bob has offered a KEM key and waits for Alice's chain
  for (const auto carries : {KemContents::nothing, KemContents::key}) {
    expect_refused(bob, Insider{bob}.next_chain(fresh_point(), carries, 2, 0), Errc::malformed);
  }
}

TEST_F(RatchetTest, LaterMessagesOfAChainCarryWhatItsFirstDid) {
  const auto keys = [] {
    return SessionKeys{RootKey::fill([](auto out) { std::ranges::fill(out, 1); }),
                       HeaderKey::fill([](auto out) { std::ranges::fill(out, 2); }),
                       HeaderKey::fill([](auto out) { std::ranges::fill(out, 3); })};
  };
  const auto spk = DhKeyPair::generate();
  auto ours = Ratchet::initiate(keys(), spk.public_key).value();
  auto theirs = Ratchet::accept(keys(), spk.secret_key, {}, ours.seal({}, {}, kCell), kNow).value();
  SecretBuffer before;
  theirs.ratchet.write(before);
  SecretReader in{before};
  static_cast<void>(in.take(3 * 32 + 1));
  const auto dh = DhPublicKey::parse(in.take(32)).value();

  SendingChain chain{keys().initiator_header,
                     ChainKey::random(),
                     {DhSecretKey::random(), dh},
                     SendingChain::Kem{KemSeed::random(), {KemKeyPair::generate().public_key, {}}},
                     0,
                     1};
  EXPECT_EQ(theirs.ratchet.open({}, chain.seal({}, {}, kCell), kNow).error(), Errc::malformed);
  chain.kem.reset();
  chain.dh.public_key = fresh_point();
  EXPECT_EQ(theirs.ratchet.open({}, chain.seal({}, {}, kCell), kNow).error(), Errc::malformed);
  EXPECT_TRUE(theirs.ratchet.open({}, ours.seal({}, {}, kCell), kNow));
}

TEST_F(RatchetTest, InitiatorsFirstChainCarriesNoKemPart) {
  const auto header_key = HeaderKey::random();
  const auto spk = DhKeyPair::generate();
  for (const auto carries : {KemContents::key, KemContents::key_and_ciphertext}) {
    SendingChain chain{
        header_key.duplicate(),
        ChainKey::random(),
        DhKeyPair::generate(),
        SendingChain::Kem{KemSeed::random(), {KemKeyPair::generate().public_key, {}}},
        0,
        0};
    if (carries == KemContents::key_and_ciphertext) chain.kem->offer.ciphertext.emplace();
    SessionKeys keys{RootKey::random(), header_key.duplicate(), HeaderKey::random()};
    EXPECT_EQ(Ratchet::accept(std::move(keys), spk.secret_key, {}, chain.seal({}, {}, kCell), kNow)
                  .error(),
              Errc::malformed);
  }
}

TEST_F(RatchetTest, RespondersFirstChainCarriesAKemKeyAlone) {
  const auto header_key = HeaderKey::random();
  for (const auto carries : {KemContents::nothing, KemContents::key_and_ciphertext}) {
    SendingChain chain{
        header_key.duplicate(), ChainKey::random(), DhKeyPair::generate(), std::nullopt, 0, 0};
    if (carries == KemContents::key_and_ciphertext) {
      chain.kem = SendingChain::Kem{KemSeed::random(),
                                    {KemKeyPair::generate().public_key, KemCiphertext{}}};
    }
    SessionKeys keys{RootKey::random(), HeaderKey::random(), header_key.duplicate()};
    auto ratchet = Ratchet::initiate(std::move(keys), fresh_point()).value();
    EXPECT_EQ(ratchet.open({}, chain.seal({}, {}, kCell), kNow).error(), Errc::malformed);
  }
}

TEST_F(RatchetTest, EachBadPointInAHeaderIsRefused) {
  static_cast<void>(bob.seal(kCell, {}));  // Bob waits for a chain of Alice
  const auto both = KemContents::key_and_ciphertext;
  for (const auto hex : kLowOrderPoints) {
    expect_refused(bob, Insider{bob}.next_chain(point(hex), both, 2, 0),
                   Errc::non_contributory_key);
  }
  for (const auto hex : kNonCanonicalPoints) {
    expect_refused(bob, Insider{bob}.next_chain(point(hex), both, 2, 0), Errc::non_canonical_key);
  }
}

TEST_F(RatchetTest, KemKeyThatFailsItsCheckIsRefused) {
  static_cast<void>(bob.seal(kCell, {}));
  KemPublicKey bad;
  bad.bytes.fill(0xff);
  expect_refused(bob,
                 Insider{bob}.next_chain(fresh_point(), KemContents::key_and_ciphertext, 2, 0, bad),
                 Errc::non_canonical_key);
}

TEST_F(RatchetTest, PreviousChainCannotBeShorterThanWhatCameFromIt) {
  static_cast<void>(bob.seal(kCell, {}));
  expect_refused(bob, Insider{bob}.next_chain(fresh_point(), KemContents::key_and_ciphertext, 0, 0),
                 Errc::malformed);
}

// A state older than what the peer has answered: it heals by a new session, not by guessing.
TEST_F(RatchetTest, AnswerToAChainThatWeForgotDoesNotOpen) {
  auto restored = copy_of(bob);
  dialogue.alice_says("a turn");
  restored = copy_of(bob);
  dialogue.bob_says("which the restored state does not know of");
  expect_refused(restored, alice.seal(kCell, text("x")), Errc::unknown_chain);
}

}  // namespace
}  // namespace bisik::crypto
