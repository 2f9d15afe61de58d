// Handshakes and records over real sockets on loopback, both sides in one io_context.

#include "proto/stream.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace bisik::proto {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using namespace asio::experimental::awaitable_operators;

constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};

// The result of a coroutine, once run() has come back.
template <class T>
using Slot = std::optional<Result<T>>;

template <class T>
awaitable<void> into(Slot<T>& slot, Awaitable<T> task) {
  slot.emplace(co_await std::move(task));
}

awaitable<void> write_raw(Socket& socket, Bytes bytes) {
  co_await asio::async_write(socket, asio::buffer(bytes), kUseTuple);
}

awaitable<void> write_byte_by_byte(Socket& socket, Bytes bytes) {
  for (const auto byte : bytes) {
    co_await asio::async_write(socket, asio::buffer(&byte, 1), kUseTuple);
  }
}

Bytes with_length(ByteView message) {
  Bytes out(2 + message.size());
  out[0] = static_cast<std::uint8_t>(message.size() >> 8U);
  out[1] = static_cast<std::uint8_t>(message.size());
  std::ranges::copy(message, out.begin() + 2);
  return out;
}

Bytes part(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    asio::ip::tcp::acceptor acceptor{io_, {asio::ip::address_v4::loopback(), 0}};
    client_.connect(acceptor.local_endpoint());
    acceptor.accept(relay_);
    client_.set_option(asio::ip::tcp::no_delay{true});
  }

  void spawn(awaitable<void> task) {
    asio::co_spawn(io_, std::move(task), [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  template <class T>
  void spawn(Slot<T>& slot, Awaitable<T> task) {
    spawn(into(slot, std::move(task)));
  }
  void run() {
    io_.restart();
    io_.run();
  }

  // Both ends of a connection that is open; neither of the two fails.
  void open_anonymous() {
    spawn(ours_, connect_anonymous(client_, reception_.key()));
    spawn(theirs_, accept_handshake(relay_, reception_, kNow));
    run();
    ASSERT_TRUE(ours_ && *ours_);
    ASSERT_TRUE(theirs_ && *theirs_);
  }
  Channel& client_channel() { return (*ours_)->channel; }
  Channel& relay_channel() { return (*theirs_)->channel; }

  Bytes sealed(std::initializer_list<std::size_t> frame_sizes) {
    Bytes records;
    for (const auto size : frame_sizes) {
      EXPECT_TRUE(client_channel().seal(Bytes(size, 7), records));
    }
    return records;
  }
  void start_read() { spawn(frame_, read_frame(relay_, relay_channel(), reader_)); }

  Errc accept_error() const { return static_cast<Errc>(theirs_.value().error().value()); }
  Errc connect_error() const { return static_cast<Errc>(ours_.value().error().value()); }
  Errc frame_error() const { return static_cast<Errc>(frame_.value().error().value()); }

  asio::io_context io_;
  Socket client_{io_};
  Socket relay_{io_};
  const crypto::DhKeyPair network_key_ = crypto::DhKeyPair::generate();
  const Reception reception_{crypto::DhKeyPair::generate(),
                             crypto::SigningKeyPair::generate().verify_key()};
  RecordReader reader_;
  Slot<ClientConnection> ours_;
  Slot<RelayConnection> theirs_;
  Slot<MutableBytes> frame_;
};

// --- handshakes ----------------------------------------------------------------------------------

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

// --- records -------------------------------------------------------------------------------------

TEST_F(StreamTest, RecordsSealedTogetherArriveOneByOne) {
  open_anonymous();
  const auto records = sealed({1, 20'000, 0, 3});
  Slot<void> sent;
  spawn(sent, write_records(client_, records));
  for (const std::size_t size : {1U, 20'000U, 0U, 3U}) {
    start_read();
    run();
    ASSERT_TRUE(frame_.value());
    EXPECT_EQ((*frame_)->size(), size);
  }
  EXPECT_TRUE(sent.value());
}

TEST_F(StreamTest, TheLargestRecordArrives) {
  open_anonymous();
  start_read();
  spawn(write_raw(client_, sealed({kMaxFrameBytes})));
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ((*frame_)->size(), kMaxFrameBytes);
}

TEST_F(StreamTest, ARecordMayComeByteByByte) {
  open_anonymous();
  start_read();
  spawn(write_byte_by_byte(client_, sealed({300})));
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ((*frame_)->size(), 300U);
}

TEST_F(StreamTest, ARecordMayFollowTheIdentityInOneWrite) {
  auto call = call_own(reception_.key(), network_key_);
  spawn(theirs_, accept_handshake(relay_, reception_, kNow));
  spawn(write_raw(client_, with_length(call->opening)));
  const auto answer_and_go_on = [&]() -> awaitable<void> {
    std::array<std::uint8_t, 2> length{};
    co_await asio::async_read(client_, asio::buffer(length), kUseTuple);
    Bytes answer(static_cast<std::size_t>(length[0] << 8U | length[1]));
    co_await asio::async_read(client_, asio::buffer(answer), kUseTuple);
    auto finished = std::move(call->state).finish(answer);
    auto bytes = with_length(finished->identity);
    EXPECT_TRUE(finished->connection.channel.seal(Bytes(5), bytes));
    co_await write_raw(client_, bytes);
  };
  spawn(answer_and_go_on());
  run();
  ASSERT_TRUE(theirs_.value());
  start_read();
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ((*frame_)->size(), 5U);
}

TEST_F(StreamTest, APeerGoneBetweenOrInsideRecordsIsClosed) {
  open_anonymous();
  const auto record = sealed({100});
  asio::write(client_, asio::buffer(part(record, 50)));
  client_.close();
  start_read();
  run();
  EXPECT_EQ(frame_error(), Errc::closed);
  start_read();
  run();
  EXPECT_EQ(frame_error(), Errc::closed);
}

TEST_F(StreamTest, AnAlteredRecordBreaksTheChannel) {
  open_anonymous();
  auto record = sealed({100});
  record.back() ^= 1U;
  start_read();
  spawn(write_raw(client_, record));
  run();
  EXPECT_EQ(frame_error(), Errc::broken_channel);
}

TEST_F(StreamTest, WritingToAPeerThatIsGoneIsClosed) {
  open_anonymous();
  relay_.close();
  const Bytes much(1 << 24U);
  Slot<void> sent;
  spawn(sent, write_records(client_, much));
  run();
  EXPECT_EQ(sent.value().error(), Errc::closed);
}

TEST_F(StreamTest, AnIdleConnectionHoldsNoBuffer) {
  open_anonymous();
  spawn(write_raw(client_, sealed({60'000})));
  start_read();
  run();
  ASSERT_GT(reader_.space().size(), kFirstReadBytes) << "the large record made it grow";
  start_read();
  io_.restart();
  io_.poll();  // now it waits
  spawn(write_raw(client_, sealed({3})));
  run();
  ASSERT_TRUE(frame_.value());
  EXPECT_EQ(reader_.space().size(), kFirstReadBytes);
}

// --- deadlines -----------------------------------------------------------------------------------

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

TEST_F(StreamTest, TheCallerCanGiveUpOnARecord) {
  open_anonymous();
  start_read();
  const auto cancel = [this]() -> awaitable<void> {
    relay_.cancel();
    co_return;
  };
  spawn(cancel());
  run();
  EXPECT_EQ(frame_error(), Errc::cancelled);
}

}  // namespace
}  // namespace bisik::proto
