// One client's connection after its handshake: records in, records out. No decisions.
//
// The coroutine that calls run() owns the session and its socket; when run() returns nothing refers
// to them any more. Network thread only.
#pragma once

#include <exception>

#include "proto/stream.hpp"
#include "server/outbox.hpp"
#include "server/switchboard.hpp"

namespace bisik::server {

class Session final : public Line {
 public:
  Session(ConnectionId id, proto::Socket& socket, proto::RelayConnection connection,
          Switchboard& switchboard);

  // Until the peer, the network or the Switchboard ends it. Throws for lack of memory alone, once
  // everything has been put in order.
  [[nodiscard]] boost::asio::awaitable<void> run();

  void send(crypto::ByteView message) override;
  void flush() override { outbox_.flush(); }
  [[nodiscard]] std::size_t unsent_bytes() const override { return outbox_.unsent_bytes(); }
  void finish() override { outbox_.finish(); }
  void cut() override { outbox_.close(); }

 private:
  ConnectionId id_;
  proto::Socket& socket_;
  proto::Channel channel_;
  Peer peer_;
  proto::RecordReader reader_;
  Outbox<proto::Socket> outbox_;
  Switchboard& switchboard_;
};

}  // namespace bisik::server
