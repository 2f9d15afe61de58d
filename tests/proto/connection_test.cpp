#include "proto/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/frame.hpp"
#include "tests/proto/channel_ends.hpp"

namespace bisik::proto {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};

class ConnectionTest : public testing::Test {
 protected:
  // An opening as a client that speaks `versions` would send it.
  Bytes opening_with(Pattern pattern, const std::vector<std::uint32_t>& versions) const {
    pb::Opening payload;
    for (const auto version : versions) payload.add_versions(version);
    const auto message = pattern == Pattern::nk
                             ? start_nk(key_.public_key, encode(payload))->message
                             : start_xk(key_.public_key, client_, encode(payload))->message;
    return OpeningMac{key_.public_key}.wrap(pattern, message);
  }
  // What a relay that says `payload` leads a client to.
  Result<ClientConnection> answer_with(const pb::Answer& payload) const {
    auto call = call_anonymous(key_.public_key);
    auto received = receive_nk(key_, OpeningMac::noise_message(call->opening));
    const auto answered = std::move(received->state).answer(encode(payload));
    return std::move(call->state).finish(answered->message);
  }
  static pb::Answer good_answer() {
    pb::Answer answer;
    answer.set_version(kVersion);
    answer.add_versions(kVersion);
    answer.set_relay_signing_key(std::string(32, 'k'));
    answer.set_unix_seconds(1'800'000'000);
    return answer;
  }

  const crypto::DhKeyPair key_ = crypto::DhKeyPair::generate();
  const crypto::DhKeyPair client_ = crypto::DhKeyPair::generate();
  const crypto::VerifyKey signing_key_ = crypto::SigningKeyPair::generate().verify_key();
  const Reception reception_{key_.duplicate(), signing_key_};
};

TEST_F(ConnectionTest, AnAnonymousCallNamesNobody) {
  auto call = call_anonymous(reception_.key());
  auto reply = reception_.receive(call->opening, kNow);
  ASSERT_TRUE(reply);
  auto ours = std::move(call->state).finish(reply->answer);
  ASSERT_TRUE(ours);
  auto& theirs = std::get<RelayConnection>(reply->next);
  EXPECT_EQ(theirs.network_key, std::nullopt);
  EXPECT_EQ(theirs.version, kVersion);
  EXPECT_EQ(ours->version, kVersion);
  EXPECT_EQ(ours->handshake_hash, theirs.handshake_hash);
  EXPECT_EQ(ours->relay_signing_key, signing_key_);
  EXPECT_EQ(ours->relay_time, kNow);
  expect_works(ours->channel, theirs.channel);
  expect_works(theirs.channel, ours->channel);
}

TEST_F(ConnectionTest, AnOwnCallShowsTheNetworkKey) {
  auto call = call_own(reception_.key(), client_);
  auto reply = reception_.receive(call->opening, kNow);
  ASSERT_TRUE(reply);
  auto ours = std::move(call->state).finish(reply->answer);
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->identity.size(), kIdentityBytes);
  auto theirs = std::get<AwaitingIdentity>(std::move(reply->next)).finish(ours->identity);
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->network_key, client_.public_key);
  EXPECT_EQ(ours->connection.handshake_hash, theirs->handshake_hash);
  expect_works(ours->connection.channel, theirs->channel);
  expect_works(theirs->channel, ours->connection.channel);
}

TEST_F(ConnectionTest, OpeningsAndAnswersAreFarBelowTheirLimits) {
  const auto call = call_own(reception_.key(), client_);
  EXPECT_LE(call->opening.size(), kMaxOpeningBytes / 2);
  EXPECT_LE(reception_.receive(call->opening, kNow)->answer.size(), kMaxAnswerBytes / 2);
}

TEST_F(ConnectionTest, TheNetworkKeyIsNotReadableOnTheWire) {
  auto call = call_own(reception_.key(), client_);
  const auto reply = reception_.receive(call->opening, kNow);
  const auto ours = std::move(call->state).finish(reply->answer);
  const auto dn = std::string{crypto::as_text(client_.public_key.bytes)};
  EXPECT_THAT(crypto::as_text(call->opening), Not(HasSubstr(dn)));
  EXPECT_THAT(crypto::as_text(ours->identity), Not(HasSubstr(dn)));
}

TEST_F(ConnectionTest, AnotherRelaysKeyIsAFailedHandshake) {
  const auto call = call_anonymous(crypto::DhKeyPair::generate().public_key);
  EXPECT_EQ(reception_.check(call->opening), std::nullopt);
  EXPECT_EQ(reception_.receive(call->opening, kNow).error(), Errc::handshake_failed);
}

// Who knows the address can make the MAC, and still needs a genuine Noise message.
TEST_F(ConnectionTest, GarbageUnderAGenuineMacIsAFailedHandshake) {
  for (const auto pattern : {Pattern::xk, Pattern::nk}) {
    for (const std::size_t size : {48U, 60U, 200U}) {
      const auto opening = OpeningMac{key_.public_key}.wrap(pattern, Bytes(size, 9));
      EXPECT_EQ(reception_.receive(opening, kNow).error(), Errc::handshake_failed);
    }
  }
}

TEST_F(ConnectionTest, TheHighestCommonVersionIsChosen) {
  for (const auto pattern : {Pattern::xk, Pattern::nk}) {
    const auto reply = reception_.receive(opening_with(pattern, {0, 77, kVersion, 5}), kNow);
    ASSERT_TRUE(reply);
    EXPECT_FALSE(std::holds_alternative<Errc>(reply->next));
  }
}

TEST_F(ConnectionTest, WithoutACommonVersionTheRelaySaysSoAndEnds) {
  for (const auto pattern : {Pattern::xk, Pattern::nk}) {
    const auto reply = reception_.receive(opening_with(pattern, {2, 3}), kNow);
    ASSERT_TRUE(reply);
    EXPECT_FALSE(reply->answer.empty());
    ASSERT_TRUE(std::holds_alternative<Errc>(reply->next));
    EXPECT_EQ(std::get<Errc>(reply->next), Errc::wrong_version);
  }
}

TEST_F(ConnectionTest, ACountOfVersionsOutsideTheLimitIsMalformed) {
  EXPECT_EQ(reception_.receive(opening_with(Pattern::nk, {}), kNow).error(), Errc::malformed);
  const std::vector<std::uint32_t> nine(kMaxVersions + 1, kVersion);
  EXPECT_EQ(reception_.receive(opening_with(Pattern::nk, nine), kNow).error(), Errc::malformed);
}

TEST_F(ConnectionTest, TheClientAcceptsAGoodAnswer) { EXPECT_TRUE(answer_with(good_answer())); }

TEST_F(ConnectionTest, TheClientRefusesAVersionThatItDoesNotSpeak) {
  for (const std::uint32_t version : {0U, 2U, 0xffff'ffffU}) {
    auto answer = good_answer();
    answer.set_version(version);
    EXPECT_EQ(answer_with(answer).error(), Errc::wrong_version);
  }
}

TEST_F(ConnectionTest, TheClientRefusesAnAnswerWithoutASigningKeyOrWithAnAbsurdClock) {
  auto answer = good_answer();
  answer.clear_relay_signing_key();
  EXPECT_EQ(answer_with(answer).error(), Errc::malformed);
  answer = good_answer();
  answer.set_unix_seconds(~std::uint64_t{0});
  EXPECT_EQ(answer_with(answer).error(), Errc::malformed);
}

TEST_F(ConnectionTest, AnIdentityOfAnotherSizeIsMalformed) {
  for (const auto size : {std::size_t{0}, kIdentityBytes - 1, kIdentityBytes + 1}) {
    auto call = call_own(reception_.key(), client_);
    auto reply = reception_.receive(call->opening, kNow);
    auto state = std::get<AwaitingIdentity>(std::move(reply->next));
    EXPECT_EQ(std::move(state).finish(Bytes(size)).error(), Errc::malformed);
  }
}

}  // namespace
}  // namespace bisik::proto
