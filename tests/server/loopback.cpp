#include "tests/server/loopback.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "proto/frame.hpp"

namespace bisik::server {

namespace asio = boost::asio;
using asio::ip::tcp;

Loopback::Loopback(const Limits& chosen, const std::string& path,
                   const std::function<void(Loopback&)>& prepare, const SharedAddresses& shared)
    : limits{chosen},
      store{{.path = path}},
      service_{failing, clerk, reception, limits, shared},
      endpoint_{service_.listen({asio::ip::address_v4::loopback(), 0})} {
  prepare(*this);
  thread_ = std::thread{[this] {
    try {
      service_.run();
    } catch (...) {
      error_ = std::current_exception();
    }
  }};
}

void Loopback::stop() {
  service_.stop();
  if (thread_.joinable()) thread_.join();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

Caller::Caller(const Loopback& relay, int receive_buffer) {
  socket_.open(tcp::v4());
  if (receive_buffer > 0) {
    socket_.set_option(asio::socket_base::receive_buffer_size{receive_buffer});
  }
  socket_.connect(relay.endpoint());
}

template <class T>
asio::awaitable<void> keep_result(asio::awaitable<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

template <class T>
std::optional<T> Caller::finish(asio::awaitable<T> task) {
  std::optional<T> result;
  asio::co_spawn(io_, keep_result(std::move(task), result), asio::detached);
  io_.restart();
  io_.run_for(kPatience);
  if (!result) {
    ADD_FAILURE() << "the relay neither answered nor hung up";
    socket_.close();
    io_.run();
  }
  return result;
}

bool Caller::anonymously(const crypto::DhPublicKey& relay_key) {
  auto connected = finish(proto::connect_anonymous(socket_, relay_key));
  if (!connected || !*connected) return false;
  connection_.emplace(std::move(**connected));
  return true;
}

bool Caller::as(const Resident& resident, const crypto::DhPublicKey& relay_key) {
  auto connected = finish(proto::connect_own(socket_, relay_key, resident.network));
  if (!connected || !*connected) return false;
  connection_.emplace(std::move(**connected));
  return true;
}

void Caller::send(pb::Request request) {
  request.set_number(++last_number_);
  crypto::Bytes records;
  ASSERT_TRUE(proto::seal_message(connection_->channel, request, records));
  send_raw(records);
}

void Caller::send_frame(crypto::ByteView frame) {
  crypto::Bytes record;
  ASSERT_TRUE(connection_->channel.seal(frame, record));
  send_raw(record);
}

void Caller::send_record(crypto::ByteView frame, std::size_t flipped_byte) {
  crypto::Bytes record;
  ASSERT_TRUE(connection_->channel.seal(frame, record));
  record.at(flipped_byte) ^= 1;
  send_raw(record);
}

void Caller::send_raw(crypto::ByteView bytes) {
  boost::system::error_code ignored;  // the relay may have hung up already
  asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), ignored);
}

void Caller::say_no_more() {
  boost::system::error_code ignored;  // the relay may have hung up already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

std::optional<pb::FromRelay> Caller::receive() {
  auto frame = finish(proto::read_frame(socket_, connection_->channel, reader_));
  if (!frame || !*frame) return std::nullopt;
  auto message = proto::decode_from_relay(**frame);
  EXPECT_TRUE(message);
  return message ? std::optional{std::move(*message)} : std::nullopt;
}

pb::Response Caller::ask(const pb::Request& request) {
  send(request);
  while (auto message = receive()) {
    if (message->has_response() && message->response().number() == last_number_) {
      return message->response();
    }
  }
  ADD_FAILURE() << "no answer";
  return {};
}

bool Caller::is_ended() {
  const auto read_to_the_end = [](tcp::socket& socket) -> asio::awaitable<bool> {
    std::array<std::uint8_t, 4096> bytes;
    for (;;) {
      auto [ec, n] =
          co_await socket.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
      if (ec) co_return ec != asio::error::operation_aborted;
    }
  };
  return finish(read_to_the_end(socket_)).value_or(false);
}

std::unique_ptr<Caller> register_over(Loopback& relay, Resident& resident) {
  auto caller = std::make_unique<Caller>(relay);
  EXPECT_TRUE(caller->as(resident, relay.key.public_key));
  resident.handshake = caller->handshake();
  EXPECT_EQ(caller->ask(resident.registration(relay.key.public_key)).status(), pb::STATUS_OK);
  return caller;
}

}  // namespace bisik::server
