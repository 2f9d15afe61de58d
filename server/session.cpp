#include "server/session.hpp"

namespace bisik::server {

Session::Session(ConnectionId id, proto::Socket& socket, proto::RelayConnection connection,
                 Switchboard& switchboard, Meter meter)
    : id_{id},
      socket_{socket},
      channel_{std::move(connection.channel)},
      peer_{.kind = connection.network_key ? Peer::Kind::own : Peer::Kind::anonymous,
            .network_key = connection.network_key,
            .handshake = connection.handshake_hash,
            .prefix = meter.from},
      outbox_{socket},
      switchboard_{switchboard},
      meter_{meter} {}

boost::asio::awaitable<void> Session::run() {
  switchboard_.connect(id_, peer_, *this);
  std::exception_ptr error;
  try {
    while (const auto frame = co_await proto::read_frame(socket_, channel_, reader_)) {
      switchboard_.receive(id_, *frame);
      const auto pause = meter_.received(frame->size());
      if (pause.count() > 0) co_await rest(pause);
    }
  } catch (...) {  // memory is gone: this connection ends, in the same order as any other
    error = std::current_exception();
  }
  switchboard_.disconnect(id_);
  outbox_.close();
  co_await outbox_.drained();
  if (error) std::rethrow_exception(error);
}

boost::asio::awaitable<void> Session::rest(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer{socket_.get_executor(), time};
  resting_ = &timer;
  co_await timer.async_wait(proto::kUseTuple);
  resting_ = nullptr;
}

void Session::finish() {
  outbox_.finish();
  wake();
}

void Session::cut() {
  outbox_.close();
  wake();
}

void Session::send(crypto::ByteView message) {
  // Only a broken channel refuses, and the read loop has ended by then.
  if (!channel_.seal(message, outbox_.waiting())) outbox_.close();
}

}  // namespace bisik::server
