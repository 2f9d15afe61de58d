// One line to a relay: name, TCP, handshake, then frames both ways. The edge between the engine and
// Asio: nothing is decided here. A connection reports to its listener from the thread that runs the
// io_context, never from within a call of its own members.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "client/engine/effects.hpp"
#include "proto/stream.hpp"

namespace bisik::client {

class LineListener {
 public:
  virtual ~LineListener() = default;
  virtual void line_up(LineId line, const LineFacts& facts) = 0;
  virtual void frame(LineId line, crypto::ByteView frame) = 0;
};

class Connection {
 public:
  // `network_key` (DN) is needed for LineKind::own, and copied.
  Connection(boost::asio::io_context& context, Dial dial, const crypto::DhKeyPair* network_key,
             LineListener& listener);

  // Everything from the name to the end; says why it ended. Once.
  [[nodiscard]] boost::asio::awaitable<LineEnd> run();

  // Only between line_up and the end. What the kernel does not take is kept up to a limit, then the
  // connection ends.
  void transmit(crypto::ByteView frame);
  // run() ends soon.
  void hang_up();

 private:
  using Established = proto::Result<proto::ClientConnection>;

  [[nodiscard]] boost::asio::awaitable<Established> establish();
  [[nodiscard]] boost::asio::awaitable<void> read_loop();
  [[nodiscard]] boost::asio::awaitable<void> write_loop();

  Dial dial_;
  std::optional<crypto::DhKeyPair> network_key_;
  LineListener& listener_;
  proto::Socket socket_;
  boost::asio::steady_timer wake_;  // never expires; cancelled when there is something to write
  std::optional<proto::Channel> channel_;
  crypto::Bytes unsent_;
  bool ended_ = false;
};

}  // namespace bisik::client
