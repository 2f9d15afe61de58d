// One client's connection after its handshake: records in, records out. No decisions.
//
// The coroutine that calls run() owns the session and its socket; when run() returns nothing refers
// to them any more. Network thread only.
#pragma once

#include <exception>

#include "proto/stream.hpp"
#include "server/admission.hpp"
#include "server/outbox.hpp"
#include "server/switchboard.hpp"

namespace bisik::server {

// What a session asks about how fast it may read.
struct Meter {
  Admission& admission;  // outlives it
  Admission::From from;
  Time (*now)();

  [[nodiscard]] std::chrono::milliseconds received(std::size_t bytes) const {
    return from ? admission.received(from, bytes, now()) : std::chrono::milliseconds{0};
  }
};

class Session final : public Line {
 public:
  Session(ConnectionId id, proto::Socket& socket, proto::RelayConnection connection,
          Switchboard& switchboard, Meter meter);

  // Until the peer, the network or the Switchboard ends it. Throws for lack of memory alone, once
  // everything has been put in order.
  [[nodiscard]] boost::asio::awaitable<void> run();

  void send(crypto::ByteView message) override;
  void flush() override { outbox_.flush(); }
  [[nodiscard]] std::size_t unsent_bytes() const override { return outbox_.unsent_bytes(); }
  void finish() override;
  void cut() override;

 private:
  // Reads nothing meanwhile, so that the peer's system stops sending: nothing is lost or refused.
  [[nodiscard]] boost::asio::awaitable<void> rest(std::chrono::milliseconds time);
  void wake() {
    if (resting_ != nullptr) resting_->cancel();
  }

  ConnectionId id_;
  proto::Socket& socket_;
  proto::Channel channel_;
  Peer peer_;
  proto::RecordReader reader_;
  Outbox<proto::Socket> outbox_;
  Switchboard& switchboard_;
  Meter meter_;
  boost::asio::steady_timer* resting_ = nullptr;  // while it rests
};

}  // namespace bisik::server
