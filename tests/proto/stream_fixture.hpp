// Two connected sockets on loopback, client and relay in one io_context.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "proto/stream.hpp"

namespace bisik::proto {

namespace asio = boost::asio;
using asio::awaitable;

inline constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};

// The result of a coroutine, once run() has come back.
template <class T>
using Slot = std::optional<Result<T>>;

template <class T>
awaitable<void> into(Slot<T>& slot, Awaitable<T> task) {
  slot.emplace(co_await std::move(task));
}

inline awaitable<void> write_raw(Socket& socket, Bytes bytes) {
  co_await asio::async_write(socket, asio::buffer(bytes), kUseTuple);
}

inline awaitable<void> write_byte_by_byte(Socket& socket, Bytes bytes) {
  for (const auto byte : bytes) {
    co_await asio::async_write(socket, asio::buffer(&byte, 1), kUseTuple);
  }
}

inline awaitable<Bytes> read_with_length(Socket& socket) {
  std::array<std::uint8_t, 2> length{};
  co_await asio::async_read(socket, asio::buffer(length), kUseTuple);
  Bytes message(static_cast<std::size_t>(length[0] << 8U | length[1]));
  co_await asio::async_read(socket, asio::buffer(message), kUseTuple);
  co_return message;
}

inline Bytes with_length(ByteView message) {
  Bytes out(2 + message.size());
  out[0] = static_cast<std::uint8_t>(message.size() >> 8U);
  out[1] = static_cast<std::uint8_t>(message.size());
  std::ranges::copy(message, out.begin() + 2);
  return out;
}

inline Bytes part(const Bytes& bytes, std::size_t size) {
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

}  // namespace bisik::proto
