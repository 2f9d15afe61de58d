#include "server/bench/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <cassert>

#include "proto/frame.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

namespace asio = boost::asio;

[[noreturn]] void fail(const std::string& what) { throw Problem{Exit::relay, what}; }

}  // namespace

asio::awaitable<void> Client::connect_tcp() {
  socket_.open(relay_.endpoint().protocol());
  if (receive_buffer_ > 0) {
    socket_.set_option(asio::socket_base::receive_buffer_size{receive_buffer_});
  }
  auto [ec] = co_await socket_.async_connect(relay_.endpoint(), proto::kUseTuple);
  if (ec) fail("The relay cannot be reached: " + ec.message() + ".");
  socket_.set_option(asio::ip::tcp::no_delay{true});
}

asio::awaitable<void> Client::connect() {
  co_await connect_tcp();
  auto connection = co_await proto::connect_anonymous(socket_, relay_.key());
  established(std::move(connection));
}

asio::awaitable<void> Client::connect(const crypto::DhKeyPair& network_key) {
  co_await connect_tcp();
  auto connection = co_await proto::connect_own(socket_, relay_.key(), network_key);
  established(std::move(connection));
}

void Client::established(proto::Result<proto::ClientConnection> connection) {
  if (!connection) fail("The relay refuses a handshake.");
  connection_.emplace(std::move(*connection));
  outbox_.emplace(socket_);
}

std::uint64_t Client::send(pb::Request& request) {
  request.set_number(++last_number_);
  const auto sealed = proto::seal_message(connection_->channel, request, outbox_->waiting());
  assert(sealed);
  return last_number_;
}

asio::awaitable<pb::Response> Client::ask(pb::Request request) {
  const auto number = send(request);
  flush();
  for (;;) {
    const auto frame = co_await proto::read_frame(socket_, connection_->channel, reader_);
    if (!frame) fail("The relay has ended a connection that it was asked on.");
    const auto message = proto::decode_from_relay(*frame);
    if (!message) fail("The relay sends what is no message.");
    if (message->has_response() && message->response().number() == number) {
      co_return message->response();
    }
  }
}

void Client::read() {
  const auto space = reader_.space();
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [this](boost::system::error_code ec, std::size_t n) {
                            if (closed_) return;
                            if (ec) fail("The relay has ended a connection.");
                            reader_.received(n);
                            handle_records();
                          });
}

void Client::handle_records() {
  for (;;) {
    const auto frame = reader_.next(connection_->channel);
    if (!frame) fail("The relay sends what is no record.");
    if (!*frame) break;
    const auto size = static_cast<int>((*frame)->size());
    if (!message_.ParseFromArray((*frame)->data(), size))
      fail("The relay sends what is no message.");
    on_message(message_);
    if (closed_) return;
  }
  on_pause();
  if (!closed_) read();
}

void Client::close() {
  closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void run(asio::io_context& io, std::chrono::milliseconds patience,
         const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + patience;
  io.restart();
  while (!done()) {
    if (io.run_one_until(end) == 0) {
      fail("The relay leaves requests without an answer.");
    }
  }
}

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

void run(asio::io_context& io, asio::awaitable<void> task, std::chrono::milliseconds patience) {
  bool ended = false;
  std::exception_ptr error;
  const auto note_end = [&](std::exception_ptr thrown) {
    ended = true;
    error = thrown;
  };
  asio::co_spawn(io, std::move(task), note_end);
  run(io, patience, [&] { return ended; });
  rethrow(error);
}

}  // namespace bisik::server::bench
