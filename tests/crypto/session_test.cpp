#include "crypto/session.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"
#include "tests/crypto/seeded_random.hpp"

namespace bisik::crypto {
namespace {

constexpr std::array<std::size_t, 3> kCellSizes{4096, 16384, 61440};

class SessionTest : public testing::Test {
 protected:
  [[nodiscard]] Session initiate() const {
    return Session::initiate(alice.device, bob.published()).value();
  }

  Peer alice, bob;
};

TEST_F(SessionTest, FirstMessageStartsASessionThatBothCanUse) {
  auto ours = initiate();
  auto theirs = answer(bob, ours.seal(kCell, text("hello")));
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->content, text("hello"));
  EXPECT_EQ(theirs->theirs, alice.device.record);
  EXPECT_EQ(theirs->session.transcript(), ours.transcript());
  EXPECT_EQ(theirs->session.origin(), ours.origin());
  EXPECT_EQ(theirs->session.theirs(), ours.ours());
  EXPECT_EQ(theirs->session.ours(), ours.theirs());
  EXPECT_TRUE(theirs->session.confirmed());
  EXPECT_FALSE(ours.confirmed());

  const auto opened = ours.open(theirs->session.seal(kCell, text("hi")), kNow);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, text("hi"));
  EXPECT_TRUE(ours.confirmed());
}

TEST_F(SessionTest, LastResortPrekeyStartsASessionToo) {
  auto ours = Session::initiate(alice.device, bob.published_without_one_time_keys()).value();
  EXPECT_EQ(ours.origin().ids.one_time_key, kNoPrekey);
  EXPECT_EQ(ours.origin().ids.pq_kind, PqKind::signed_prekey);
  EXPECT_TRUE(answer(bob, ours.seal(kCell, text("hello"))));
}

TEST_F(SessionTest, EachMessageBeforeTheFirstAnswerRepeatsTheHandshake) {
  auto ours = initiate();
  const auto first = ours.seal(kCell, text("one"));
  const auto second = ours.seal(kCell, text("two"));
  const auto third = ours.seal(kCell, text("three"));

  auto theirs = answer(bob, second).value();  // any of them can start it
  EXPECT_EQ(theirs.content, text("two"));
  for (const auto& [cell, content] : {std::pair{first, "one"}, std::pair{third, "three"}}) {
    const auto opened = open_first_message(bob.seal, cell).value();
    EXPECT_EQ(opened.handshake.origin, theirs.session.origin());
    EXPECT_EQ(theirs.session.open(opened.ratchet_message, kNow).value(), text(content));
  }
  ASSERT_TRUE(ours.open(theirs.session.seal(kCell, text("hi")), kNow));
  EXPECT_FALSE(open_first_message(bob.seal, ours.seal(kCell, text("four"))));
}

TEST_F(SessionTest, EveryCellHasExactlyTheSizeAskedFor) {
  auto dialogue = Dialogue::begin(alice, bob);
  auto unanswered = initiate();
  for (const auto size : kCellSizes) {
    for (auto* session : {&dialogue.alice, &dialogue.bob, &unanswered}) {
      for (const std::size_t less : {session->capacity(size), std::size_t{1}, std::size_t{0}}) {
        const Bytes content(session->capacity(size) - less, 'x');
        EXPECT_EQ(session->seal(size, content).size(), size);
      }
    }
  }
}

TEST_F(SessionTest, FullCellsArriveWhole) {
  auto dialogue = Dialogue::established();
  for (const auto size : kCellSizes) {
    const Bytes content(dialogue.alice.capacity(size), 0x80);  // looks like padding
    EXPECT_EQ(dialogue.bob.open(dialogue.alice.seal(size, content), kNow).value(), content);
    EXPECT_EQ(dialogue.alice.open(dialogue.bob.seal(size, {}), kNow).value(), Bytes{});
  }
}

TEST_F(SessionTest, CapacityIsWhatTheProtocolPromises) {
  auto ours = initiate();
  EXPECT_EQ(ours.capacity(4096), 1378U);  // a first message: at least 1,370
  auto theirs = answer(bob, ours.seal(kCell, {})).value().session;
  EXPECT_EQ(theirs.capacity(4096), 2703U);  // KEM key alone
  ASSERT_TRUE(ours.open(theirs.seal(kCell, {}), kNow));
  EXPECT_EQ(ours.capacity(4096), 1615U);  // KEM key and ciphertext
  EXPECT_EQ(ours.capacity(100), 0U);
}

TEST_F(SessionTest, HandshakeThatWasAcceptedBeforeIsRefused) {
  auto ours = initiate();
  const auto cell = ours.seal(kCell, text("hello"));
  Remembered remembered;
  const auto accepted = answer(bob, cell, remembered);
  ASSERT_TRUE(accepted);
  remembered.seen.insert(accepted->session.transcript());
  EXPECT_EQ(answer(bob, cell, remembered).error(), Errc::replayed);
  EXPECT_EQ(answer(bob, ours.seal(kCell, text("again")), remembered).error(), Errc::replayed);
}

TEST_F(SessionTest, FirstMessageAlteredInsideItsSealIsRefused) {
  auto ours = initiate();
  const auto first = open_first_message(bob.seal, ours.seal(kCell, text("hello"))).value();
  const auto prekeys = bob.named_by(first.handshake.origin.ids);
  Encoder fields{HandshakeFields::kSize};
  first.handshake.encode(fields);
  for (std::size_t i = 0; i < HandshakeFields::kSize; ++i) {
    const auto altered = with_flipped_bit(fields.bytes(), i);
    Decoder in{altered};
    const auto decoded = HandshakeFields::decode(in);
    if (!decoded) continue;
    EXPECT_FALSE(Session::respond(prekeys, {*decoded, first.ratchet_message}, Remembered{}, kNow))
        << i;
  }
  for (std::size_t i = 0; i < first.ratchet_message.size(); ++i) {
    const FirstMessage altered{first.handshake, with_flipped_bit(first.ratchet_message, i)};
    EXPECT_FALSE(Session::respond(prekeys, altered, Remembered{}, kNow)) << i;
  }
}

TEST_F(SessionTest, CellOfAnotherSessionIsNotOurs) {
  auto dialogue = Dialogue::begin(alice, bob), other = Dialogue::begin(alice, bob);
  const auto before = dump(other.bob);
  EXPECT_EQ(other.bob.open(dialogue.alice.seal(kCell, text("x")), kNow).error(),
            Errc::no_header_key);
  EXPECT_EQ(dump(other.bob), before);
}

TEST_F(SessionTest, CellIsNotReflectedToItsSender) {
  auto dialogue = Dialogue::established();
  EXPECT_EQ(dialogue.bob.open(dialogue.bob.seal(kCell, text("x")), kNow).error(),
            Errc::no_header_key);
}

TEST_F(SessionTest, EveryShorterCellIsRefused) {
  auto dialogue = Dialogue::established();
  const auto cell = dialogue.alice.seal(kCell, text("x"));
  const auto before = dump(dialogue.bob);
  for (std::size_t size = 0; size < cell.size(); ++size) {
    EXPECT_FALSE(dialogue.bob.open(ByteView{cell}.first(size), kNow)) << size;
  }
  EXPECT_EQ(dump(dialogue.bob), before);
}

// Nothing but libsodium's generator decides what a party does.
TEST(SessionDeterminism, SameRandomnessGivesTheSameTranscriptAndCells) {
  const auto history = [](std::uint64_t seed) {
    const SeededRandom random{seed};
    const Peer alice, bob;
    auto dialogue = Dialogue::begin(alice, bob);
    auto said = dialogue.bob.seal(kCell, text("hi"));
    const auto& transcript = dialogue.alice.transcript();
    said.insert(said.end(), transcript.begin(), transcript.end());
    return said;
  };
  EXPECT_EQ(history(1), history(1));
  EXPECT_NE(history(1), history(2));
}

}  // namespace
}  // namespace bisik::crypto
