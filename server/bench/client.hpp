// One connection of the generator: a client's half of the handshake, and then requests out and
// messages in by callbacks. One thread runs all of them, and as little as possible is done for a
// message, since the generator and the relay share the machine.
//
// A client must be gone before its io_context, and that must not run any more once it is. A
// connection that the relay ends, and a message that is none, throw Problem out of run().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>

#include "proto/relay.pb.h"
#include "proto/stream.hpp"
#include "server/bench/relay_process.hpp"
#include "server/outbox.hpp"

namespace bisik::server::bench {

namespace pb = proto::pb;

class Client {
 public:
  // Both outlive it. The kernel keeps so many bytes for it that it has not read; 0: as it likes.
  Client(boost::asio::io_context& io, const RelayProcess& relay, int receive_buffer = 0)
      : relay_{relay}, socket_{io}, receive_buffer_{receive_buffer} {}

  // TCP and Noise. They throw Problem.
  [[nodiscard]] boost::asio::awaitable<void> connect();
  [[nodiscard]] boost::asio::awaitable<void> connect(const crypto::DhKeyPair& network_key);
  [[nodiscard]] const crypto::Hash& handshake_hash() const { return connection_->handshake_hash; }

  std::function<void(const pb::FromRelay&)> on_message;
  // All that has arrived was told: the time to answer it.
  std::function<void()> on_pause = [] {};
  // After these have been set.
  void start() { handle_records(); }  // what came with an answer first

  // Numbers and seals it; it leaves with the next flush().
  std::uint64_t send(pb::Request& request);
  void flush() { outbox_->flush(); }

  // The answer to a request, before start().
  [[nodiscard]] boost::asio::awaitable<pb::Response> ask(pb::Request request);

  // The relay may have ended it already. Nothing is told any more.
  void close();

 private:
  [[nodiscard]] boost::asio::awaitable<void> connect_tcp();
  void established(proto::Result<proto::ClientConnection> connection);
  void read();
  void handle_records();

  const RelayProcess& relay_;
  proto::Socket socket_;
  int receive_buffer_;
  std::optional<proto::ClientConnection> connection_;
  std::optional<Outbox<proto::Socket>> outbox_;
  proto::RecordReader reader_;
  pb::FromRelay message_;
  std::uint64_t last_number_ = 0;
  bool closed_ = false;
};

inline constexpr std::chrono::seconds kSetUpPatience{60};

// Runs until `done`. Throws what a callback throws, and Problem if it takes longer than `patience`.
void run(boost::asio::io_context& io, std::chrono::milliseconds patience,
         const std::function<bool()>& done);
// For co_spawn(): run() throws what the coroutine has thrown.
void rethrow(std::exception_ptr error);
// The same with one coroutine, until its end.
void run(boost::asio::io_context& io, boost::asio::awaitable<void> task,
         std::chrono::milliseconds patience = kSetUpPatience);

}  // namespace bisik::server::bench
