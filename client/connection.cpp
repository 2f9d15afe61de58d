#include "client/connection.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "client/engine/private_address.hpp"
#include "client/limits.hpp"
#include "client/resolve.hpp"

namespace bisik::client {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> dial_deadline() {
  asio::steady_timer timer{co_await asio::this_coro::executor, kDialDeadline};
  co_await timer.async_wait(proto::kUseTuple);
}

LineEnd reason(const boost::system::error_code& error) {
  if (error == proto::Errc::not_a_relay) return LineEnd::not_a_relay;
  if (error == proto::Errc::wrong_version) return LineEnd::version;
  return LineEnd::unreachable;
}

bool leads_here(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  return address.is_v4() ? is_private(address.to_v4().to_bytes())
                         : is_private(address.to_v6().to_bytes());
}

}  // namespace

Connection::Connection(asio::io_context& context, Dial dial, const crypto::DhKeyPair* network_key,
                       LineListener& listener)
    : dial_{std::move(dial)},
      listener_{listener},
      socket_{context},
      wake_{context, asio::steady_timer::time_point::max()} {
  if (dial_.kind == LineKind::own && network_key != nullptr) {
    network_key_ = network_key->duplicate();
  }
}

asio::awaitable<LineEnd> Connection::run() {
  auto established = co_await (establish() || dial_deadline());
  auto* connection = std::get_if<0>(&established);
  if (connection == nullptr || ended_) co_return LineEnd::unreachable;
  if (!*connection) co_return reason(connection->error());

  auto& up = **connection;
  channel_ = std::move(up.channel);
  network_key_.reset();
  LineFacts facts{};
  facts.handshake_hash = up.handshake_hash;
  facts.relay_signing_key = up.relay_signing_key.bytes;
  facts.relay_unix_seconds = static_cast<std::uint64_t>(up.relay_time.time_since_epoch().count());
  listener_.line_up(dial_.line, facts);
  co_await (read_loop() || write_loop());
  ended_ = true;
  co_return LineEnd::closed;
}

asio::awaitable<Connection::Established> Connection::establish() {
  auto endpoints = co_await resolve(dial_.relay.host, dial_.relay.port);
  if (!dial_.may_be_private) std::erase_if(endpoints, leads_here);
  if (endpoints.empty() || ended_) co_return proto::Errc::closed;
  if (auto [ec, endpoint] = co_await asio::async_connect(socket_, endpoints, proto::kUseTuple);
      ec) {
    co_return proto::Errc::closed;
  }
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (network_key_) {
    co_return co_await proto::connect_own(socket_, dial_.relay.key, *network_key_);
  }
  co_return co_await proto::connect_anonymous(socket_, dial_.relay.key);
}

asio::awaitable<void> Connection::read_loop() {
  proto::RecordReader reader;
  while (!ended_) {
    const auto frame = co_await proto::read_frame(socket_, *channel_, reader);
    if (!frame) co_return;
    listener_.frame(dial_.line, *frame);
  }
}

asio::awaitable<void> Connection::write_loop() {
  while (!ended_) {
    if (unsent_.empty()) {
      co_await wake_.async_wait(proto::kUseTuple);
      continue;
    }
    const auto records = std::exchange(unsent_, {});
    const auto written = co_await proto::write_records(socket_, records);
    if (!written) co_return;
  }
}

void Connection::transmit(crypto::ByteView frame) {
  if (!channel_ || ended_) return;  // it ended while the engine was deciding
  if (unsent_.size() > kMaxUnsentBytes || !channel_->seal(frame, unsent_)) return hang_up();
  wake_.cancel();
}

void Connection::hang_up() {
  ended_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  wake_.cancel();
}

}  // namespace bisik::client
