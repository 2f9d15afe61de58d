#include "server/listener.hpp"

#include <netinet/tcp.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>

namespace bisik::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// How long to leave the kernel alone when it has no file or memory for another connection.
constexpr std::chrono::milliseconds kAcceptPause{100};
// A peer that takes nothing for so long is dead, whatever its window says.
constexpr int kUserTimeoutMs = 60'000;

void configure(tcp::socket& socket) {
  boost::system::error_code ignored;  // each of them only makes things better
  socket.set_option(tcp::no_delay{true}, ignored);
  socket.set_option(asio::socket_base::keep_alive{true}, ignored);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs,
               sizeof kUserTimeoutMs);
}

Peer peer_of(const proto::RelayConnection& connection, const Admission::From& from) {
  return {.kind = connection.network_key ? Peer::Kind::own : Peer::Kind::anonymous,
          .network_key = connection.network_key,
          .handshake = connection.handshake_hash,
          .prefix = from};
}

// A defect of ours or memory that is gone: the connection ends, the relay goes on.
void log_end(std::exception_ptr error) {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& what) {
    spdlog::error("a connection ended by an error: {}", what.what());
  }
}

}  // namespace

Listener::Listener(asio::io_context& io, const proto::Reception& reception,
                   Switchboard& switchboard, const Limits& limits, SharedAddresses shared,
                   Time (*now)())
    : io_{io},
      reception_{reception},
      switchboard_{switchboard},
      shared_{std::move(shared)},
      now_{now},
      admission_{limits} {}

tcp::endpoint Listener::listen(const tcp::endpoint& endpoint) {
  Acceptor acceptor{io_, endpoint.protocol()};
  acceptor.set_option(tcp::acceptor::reuse_address{true});
  if (endpoint.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only{!endpoint.address().is_unspecified()});
  }
  acceptor.bind(endpoint);
  acceptor.listen();
  return acceptors_.emplace_back(std::move(acceptor)).local_endpoint();
}

void Listener::start() {
  for (auto& acceptor : acceptors_) asio::co_spawn(io_, accept_loop(acceptor), log_end);
}

void Listener::stop() {
  boost::system::error_code ignored;
  stopped_ = true;
  for (auto& acceptor : acceptors_) acceptor.close(ignored);
  for (const auto& [id, socket] : shaking_hands_) socket->close(ignored);
}

void Listener::tick() {
  for (const auto id : admission_.overdue(now_())) {
    if (hang_up(id)) ++switchboard_.counts().slow_handshakes;
  }
  switchboard_.counts().unfinished_handshakes = admission_.unfinished();
}

bool Listener::hang_up(ConnectionId id) {
  const auto found = shaking_hands_.find(id);
  if (found == shaking_hands_.end()) return false;
  boost::system::error_code ignored;
  found->second->close(ignored);
  shaking_hands_.erase(found);
  return true;
}

asio::awaitable<void> Listener::accept_loop(Acceptor& acceptor) {
  while (acceptor.is_open()) {
    auto [ec, socket] = co_await acceptor.async_accept(proto::kUseTuple);
    if (ec == asio::error::operation_aborted) co_return;
    if (ec) {
      asio::steady_timer pause{io_, kAcceptPause};
      co_await pause.async_wait(proto::kUseTuple);
      continue;
    }
    admit(std::move(socket));
  }
}

// Where there is no room, the socket closes here.
void Listener::admit(proto::Socket socket) {
  boost::system::error_code gone;
  const auto peer = socket.remote_endpoint(gone);
  if (gone) return;
  const auto from = prefix_of(peer.address(), shared_);
  const auto id = switchboard_.next_connection();
  auto& counts = switchboard_.counts();
  switch (admission_.admit(id, from, now_())) {
    case Admission::Verdict::admitted:
      ++counts.connections;
      asio::co_spawn(io_, serve(std::move(socket), id, from), log_end);
      make_room();
      break;
    case Admission::Verdict::full:
      ++counts.turned_away_full;
      break;
    case Admission::Verdict::prefix:
      ++counts.turned_away_prefix;
      break;
  }
}

void Listener::make_room() {
  const auto slowest = admission_.one_too_many();
  if (!slowest) return;
  ++switchboard_.counts().turned_away_unfinished;
  hang_up(*slowest);
}

asio::awaitable<void> Listener::serve(proto::Socket socket, ConnectionId id, Admission::From from) {
  struct Departure {
    Admission& admission;
    ConnectionId id;
    const Admission::From& from;
    bool goes = true;
    ~Departure() {
      if (goes) admission.closed(id, from);
    }
  } departure{admission_, id, from};
  if (stopped_ || !admission_.is_unfinished(id)) co_return;  // accepted just before
  configure(socket);
  auto accepted = co_await shake_hands(socket, id);
  if (!accepted) co_return;
  admission_.established(id, from);
  const Peer peer = peer_of(*accepted, from);
  Session::Owner& owner = *this;
  auto& session = sessions_
                      .try_emplace(id, id, std::move(socket), std::move(accepted->channel),
                                   switchboard_, Meter{admission_, from, now_}, owner)
                      .first->second;
  departure.goes = false;  // it is counted until bury()
  session.start(peer);
}

asio::awaitable<std::optional<proto::RelayConnection>> Listener::shake_hands(proto::Socket& socket,
                                                                             ConnectionId id) {
  shaking_hands_.emplace(id, &socket);
  auto accepted = co_await proto::accept_handshake(socket, reception_, now_().wall);
  const bool in_time = shaking_hands_.erase(id) > 0;
  if (accepted) co_return std::move(*accepted);
  if (in_time && !stopped_) ++switchboard_.counts().failed_handshakes;
  co_return std::nullopt;
}

void Listener::ended(ConnectionId session, std::exception_ptr error) {
  asio::co_spawn(io_, bury(session, std::move(error)), log_end);
}

asio::awaitable<void> Listener::bury(ConnectionId session, std::exception_ptr error) {
  const auto found = sessions_.find(session);
  co_await found->second.drained();
  admission_.closed(session, found->second.from());
  sessions_.erase(found);
  if (error) std::rethrow_exception(error);
}

}  // namespace bisik::server
