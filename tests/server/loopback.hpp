// A real relay on a loopback port in a thread of its own, and clients that speak to it through the
// client's half of proto/. Every wait has an end.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <thread>

#include "proto/stream.hpp"
#include "server/service.hpp"
#include "tests/server/failing_store.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {

class Loopback {
 public:
  // `prepare` uses the store before the relay does.
  Loopback(const Limits& chosen, const std::string& path,
           const std::function<void(Loopback&)>& prepare,
           const SharedAddresses& shared = to_addresses(Config{}.shared_addresses));
  ~Loopback() { stop(); }

  void stop();  // as SIGTERM does; rethrows what run() has thrown

  Limits limits;
  storage::SqliteRelayStore store;
  FailingStore failing{store};
  crypto::DhKeyPair key = crypto::DhKeyPair::generate();
  proto::Reception reception{key.duplicate(), crypto::SigningKeyPair::generate().verify_key()};
  Clerk clerk{failing, limits, key.public_key};

  [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }

 private:
  Service service_;
  boost::asio::ip::tcp::endpoint endpoint_;
  std::exception_ptr error_;
  std::thread thread_;
};

class Caller {
 public:
  explicit Caller(const Loopback& relay, int receive_buffer = 0);

  // The handshake; false: the relay would not.
  [[nodiscard]] bool anonymously(const crypto::DhPublicKey& relay_key);
  [[nodiscard]] bool as(const Resident& resident, const crypto::DhPublicKey& relay_key);
  [[nodiscard]] const crypto::Hash& handshake() const { return connection_->handshake_hash; }

  void send(pb::Request request);  // numbered from 1
  // Nothing: the relay has ended the connection.
  [[nodiscard]] std::optional<pb::FromRelay> receive();
  [[nodiscard]] pb::Response ask(const pb::Request& request);  // fails the test without one

  // Below the protocol.
  void send_raw(crypto::ByteView bytes);
  void say_no_more();  // half closed
  void send_frame(crypto::ByteView frame);
  void send_record(crypto::ByteView frame, std::size_t flipped_byte);
  [[nodiscard]] bool is_ended();  // reads until the relay closes; false after kPatience

  boost::asio::ip::tcp::socket& socket() { return socket_; }

  // Everything waits at most so long.
  static constexpr std::chrono::seconds kPatience{20};

 private:
  template <class T>
  std::optional<T> finish(boost::asio::awaitable<T> task);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  std::optional<proto::ClientConnection> connection_;
  proto::RecordReader reader_;
  std::uint64_t last_number_ = 0;
};

// Connects, registers with an invite made for it, and stays connected.
[[nodiscard]] std::unique_ptr<Caller> register_over(Loopback& relay, Resident& resident);

}  // namespace bisik::server
