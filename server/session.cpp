#include "server/session.hpp"

namespace bisik::server {

Session::Session(ConnectionId id, proto::Socket& socket, proto::RelayConnection connection,
                 Switchboard& switchboard)
    : id_{id},
      socket_{socket},
      channel_{std::move(connection.channel)},
      peer_{.kind = connection.network_key ? Peer::Kind::own : Peer::Kind::anonymous,
            .network_key = connection.network_key,
            .handshake = connection.handshake_hash},
      outbox_{socket},
      switchboard_{switchboard} {}

boost::asio::awaitable<void> Session::run() {
  switchboard_.connect(id_, peer_, *this);
  std::exception_ptr error;
  try {
    while (const auto frame = co_await proto::read_frame(socket_, channel_, reader_)) {
      switchboard_.receive(id_, *frame);
    }
  } catch (...) {  // memory is gone: this connection ends, in the same order as any other
    error = std::current_exception();
  }
  switchboard_.disconnect(id_);
  outbox_.close();
  co_await outbox_.drained();
  if (error) std::rethrow_exception(error);
}

void Session::send(crypto::ByteView message) {
  // Only a broken channel refuses, and the read loop has ended by then.
  if (!channel_.seal(message, outbox_.waiting())) outbox_.close();
}

}  // namespace bisik::server
