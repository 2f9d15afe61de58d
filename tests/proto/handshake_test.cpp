#include "proto/handshake.hpp"

#include <gtest/gtest.h>

#include <concepts>

#include "tests/proto/channel_ends.hpp"

namespace bisik::proto {
namespace {

// The order of events, checked by the compiler: a step uses its state up, nothing else makes one.
template <class T>
concept CanFinish = requires(T state, ByteView message) {
  std::forward<T>(state).finish(message);
};
template <class T>
concept CanAnswer = requires(T state, ByteView payload) {
  std::forward<T>(state).answer(payload);
};
static_assert(CanFinish<NkAwaitingAnswer&&> && !CanFinish<NkAwaitingAnswer&>);
static_assert(CanFinish<XkAwaitingAnswer&&> && !CanFinish<XkAwaitingAnswer&>);
static_assert(CanFinish<XkAwaitingIdentity&&> && !CanFinish<XkAwaitingIdentity&>);
static_assert(CanAnswer<NkAnswering&&> && !CanAnswer<NkAnswering&>);
static_assert(CanAnswer<XkAnswering&&> && !CanAnswer<XkAnswering&>);
static_assert(!std::copyable<NkAwaitingAnswer> && !std::copyable<XkAnswering>);
static_assert(!std::default_initializable<NkAnswering> && !std::default_initializable<Channel>);

const Bytes kHello{'h', 'e', 'l', 'l', 'o'};
const Bytes kWelcome{'w', 'e', 'l', 'c', 'o', 'm', 'e'};

class HandshakeTest : public testing::Test {
 protected:
  const crypto::DhKeyPair relay_ = crypto::DhKeyPair::generate();
  const crypto::DhKeyPair client_ = crypto::DhKeyPair::generate();
};

TEST_F(HandshakeTest, NkGivesBothSidesOneChannelAndOneHash) {
  auto started = start_nk(relay_.public_key, kHello);
  auto received = receive_nk(relay_, started->message);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->payload, kHello);
  auto theirs = std::move(received->state).answer(kWelcome);
  auto ours = std::move(started->state).finish(theirs->message);
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->payload, kWelcome);
  EXPECT_EQ(ours->handshake_hash, theirs->handshake_hash);
  expect_works(ours->channel, theirs->channel);
  expect_works(theirs->channel, ours->channel);
}

TEST_F(HandshakeTest, XkTellsTheRelayWhoCalls) {
  auto started = start_xk(relay_.public_key, client_, kHello);
  auto received = receive_xk(relay_, started->message);
  auto answered = std::move(received->state).answer(kWelcome);
  auto ours = std::move(started->state).finish(answered->message);
  ASSERT_TRUE(ours);
  auto theirs = std::move(answered->state).finish(ours->message);
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->rs, client_.public_key);
  EXPECT_EQ(ours->handshake_hash, theirs->handshake_hash);
  expect_works(ours->channel, theirs->channel);
  expect_works(theirs->channel, ours->channel);
}

TEST_F(HandshakeTest, NoTwoHandshakesAreAlike) {
  const auto one = start_nk(relay_.public_key, kHello);
  const auto other = start_nk(relay_.public_key, kHello);
  EXPECT_NE(one->message, other->message);
}

TEST_F(HandshakeTest, OnlyTheHolderOfTheRelayKeyCanAnswer) {
  const auto impostor = crypto::DhKeyPair::generate();
  auto started = start_nk(relay_.public_key, kHello);
  EXPECT_EQ(receive_nk(impostor, started->message).error(), Errc::handshake_failed);
}

TEST_F(HandshakeTest, AMessageOfOnePatternIsNoneOfTheOther) {
  const auto nk = start_nk(relay_.public_key, kHello);
  EXPECT_EQ(receive_xk(relay_, nk->message).error(), Errc::handshake_failed);
  const auto xk = start_xk(relay_.public_key, client_, kHello);
  EXPECT_EQ(receive_nk(relay_, xk->message).error(), Errc::handshake_failed);
}

TEST_F(HandshakeTest, EveryFlippedBitOfTheFirstMessageIsNoticed) {
  const auto started = start_nk(relay_.public_key, kHello);
  for (std::size_t i = 0; i < started->message.size(); ++i) {
    for (const unsigned bit : {0x01U, 0x80U}) {
      auto altered = started->message;
      altered[i] = static_cast<std::uint8_t>(altered[i] ^ bit);
      EXPECT_FALSE(receive_nk(relay_, altered)) << i;
    }
  }
}

TEST_F(HandshakeTest, EveryFlippedByteOfTheThirdMessageIsNoticed) {
  for (std::size_t i = 0; i < kIdentityBytes; ++i) {
    auto started = start_xk(relay_.public_key, client_, kHello);
    auto answered = std::move(receive_xk(relay_, started->message)->state).answer(kWelcome);
    auto ours = std::move(started->state).finish(answered->message);
    ours->message[i] ^= 1U;
    EXPECT_EQ(std::move(answered->state).finish(ours->message).error(), Errc::handshake_failed);
  }
}

TEST_F(HandshakeTest, TruncatedMessagesAreRefusedAtEachLength) {
  const auto started = start_nk(relay_.public_key, kHello);
  for (std::size_t n = 0; n < started->message.size(); ++n) {
    EXPECT_FALSE(receive_nk(relay_, ByteView{started->message}.first(n))) << n;
  }
  auto received = receive_nk(relay_, started->message);
  const auto answered = std::move(received->state).answer(kWelcome);
  for (std::size_t n = 0; n < answered->message.size(); ++n) {
    auto again = start_nk(relay_.public_key, kHello);
    EXPECT_FALSE(std::move(again->state).finish(ByteView{answered->message}.first(n))) << n;
  }
}

TEST_F(HandshakeTest, AnAnswerToAnotherHandshakeIsRefused) {
  auto one = start_nk(relay_.public_key, kHello);
  auto other = start_nk(relay_.public_key, kHello);
  const auto answer = std::move(receive_nk(relay_, other->message)->state).answer(kWelcome);
  EXPECT_EQ(std::move(one->state).finish(answer->message).error(), Errc::handshake_failed);
}

}  // namespace
}  // namespace bisik::proto
