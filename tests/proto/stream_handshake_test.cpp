// Handshakes over real sockets: proto/stream.hpp.

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include "proto/frame.hpp"
#include "tests/proto/stream_fixture.hpp"

namespace bisik::proto {
namespace {

using namespace asio::experimental::awaitable_operators;

TEST_F(StreamTest, AnonymousClientAndRelayAgree) {
  open_anonymous();
  EXPECT_EQ((*ours_)->handshake_hash, (*theirs_)->handshake_hash);
  EXPECT_EQ((*theirs_)->network_key, std::nullopt);
}

TEST_F(StreamTest, OwnClientAndRelayAgreeOnWhoItIs) {
  spawn(ours_, connect_own(client_, reception_.key(), network_key_));
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  run();
  ASSERT_TRUE(ours_.value() && theirs_.value());
  EXPECT_EQ((*theirs_)->network_key, network_key_.public_key);
  EXPECT_EQ((*ours_)->handshake_hash, (*theirs_)->handshake_hash);
}

TEST_F(StreamTest, AWrongRelayKeyIsNotARelay) {
  const auto other = crypto::DhKeyPair::generate().public_key;
  const auto accept_then_close = [this]() -> awaitable<void> {
    co_await into(theirs_, accept_handshake(relay_, reception_, kNow));
    relay_.close();
  };
  spawn(ours_, connect_anonymous(client_, other));
  spawn(accept_then_close());
  run();
  EXPECT_EQ(connect_error(), Errc::not_a_relay);
  EXPECT_EQ(accept_error(), Errc::handshake_failed);
}

TEST_F(StreamTest, SomethingElseThatAnswersIsNotARelay) {
  spawn(ours_, connect_own(client_, reception_.key(), network_key_));
  const std::string_view http = "HTTP/1.1 400 Bad Request\r\n\r\n";
  spawn(write_raw(relay_, {http.begin(), http.end()}));
  run();
  EXPECT_EQ(connect_error(), Errc::not_a_relay);
}

TEST_F(StreamTest, AnAnswerThatNobodyWithTheKeyGaveIsNotARelay) {
  spawn(ours_, connect_anonymous(client_, reception_.key()));
  spawn(write_raw(relay_, with_length(Bytes(100, 9))));
  run();
  EXPECT_EQ(connect_error(), Errc::not_a_relay);
}

TEST_F(StreamTest, ARelayOfAnotherVersionIsSaidToBeThat) {
  const auto key = crypto::DhKeyPair::generate();
  spawn(ours_, connect_anonymous(client_, key.public_key));
  const auto answer_without_version = [&]() -> awaitable<void> {
    const auto opening = co_await read_with_length(relay_);
    auto received = receive_nk(key, OpeningMac::noise_message(opening));
    pb::Answer answer;
    answer.set_relay_signing_key(std::string(32, 'k'));
    const auto answered = std::move(received->state).answer(encode(answer));
    co_await write_raw(relay_, with_length(answered->message));
  };
  spawn(answer_without_version());
  run();
  EXPECT_EQ(connect_error(), Errc::wrong_version);
}

TEST_F(StreamTest, ARelayThatHangsUpIsNotARelay) {
  relay_.close();
  spawn(ours_, connect_anonymous(client_, reception_.key()));
  run();
  EXPECT_EQ(connect_error(), Errc::not_a_relay);
}

TEST_F(StreamTest, TheOpeningMayComeByteByByte) {
  auto call = call_anonymous(reception_.key());
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  spawn(write_byte_by_byte(client_, with_length(call->opening)));
  run();
  EXPECT_TRUE(theirs_.value());
}

TEST_F(StreamTest, AnOpeningCutShortIsClosed) {
  const auto opening = with_length(call_anonymous(reception_.key())->opening);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, opening.size() - 1}) {
    Socket client{io_};
    Socket relay{io_};
    asio::ip::tcp::acceptor acceptor{io_, {asio::ip::address_v4::loopback(), 0}};
    client.connect(acceptor.local_endpoint());
    acceptor.accept(relay);
    asio::write(client, asio::buffer(part(opening, size)));
    client.close();
    spawn(theirs_, accept_handshake(relay, reception_, kNow));
    run();
    EXPECT_EQ(accept_error(), Errc::closed) << size;
  }
}

TEST_F(StreamTest, ADeclaredOpeningOfTheLargestLengthIsRefusedAtOnce) {
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  spawn(write_raw(client_, {0xff, 0xff}));
  run();  // and comes back, though the client neither sends the rest nor hangs up
  EXPECT_EQ(accept_error(), Errc::too_large);
}

// A length of 2^31, as a protocol with four bytes of it would send.
TEST_F(StreamTest, ADeclaredLengthOfAnotherProtocolIsRefused) {
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  spawn(write_raw(client_, {0x80, 0x00, 0x00, 0x00}));
  run();
  EXPECT_EQ(accept_error(), Errc::too_large);
}

TEST_F(StreamTest, GarbageInsteadOfAnOpeningIsAFailedHandshake) {
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  spawn(write_raw(client_, with_length(Bytes(kMaxOpeningBytes, 9))));
  run();
  EXPECT_EQ(accept_error(), Errc::handshake_failed);
}

TEST_F(StreamTest, GarbageInsteadOfAnIdentityIsAFailedHandshake) {
  auto bytes = with_length(call_own(reception_.key(), network_key_)->opening);
  const auto garbage = with_length(Bytes(kIdentityBytes, 9));
  bytes.insert(bytes.end(), garbage.begin(), garbage.end());
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  spawn(write_raw(client_, bytes));
  run();
  EXPECT_EQ(accept_error(), Errc::handshake_failed);
}

awaitable<void> expire_at_once() {
  asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::seconds{0}};
  co_await timer.async_wait(kUseTuple);
}

TEST_F(StreamTest, TheCallerCanGiveUpOnAHandshake) {
  std::size_t winner = 99;
  const auto with_deadline = [&]() -> awaitable<void> {
    const auto first = co_await (accept_handshake(relay_, reception_, kNow) || expire_at_once());
    winner = first.index();
  };
  spawn(with_deadline());
  run();
  EXPECT_EQ(winner, 1U);
}

TEST_F(StreamTest, GivingUpOnARelayDoesNotMeanThatItIsNone) {
  spawn(ours_, connect_anonymous(client_, reception_.key()));
  const auto cancel_once_it_waits = [this]() -> awaitable<void> {
    co_await relay_.async_wait(Socket::wait_read, kUseTuple);
    client_.cancel();
  };
  spawn(cancel_once_it_waits());
  run();
  EXPECT_EQ(connect_error(), Errc::cancelled);
}

}  // namespace
}  // namespace bisik::proto
