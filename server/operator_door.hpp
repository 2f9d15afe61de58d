// Where the operator's commands reach the running relay: a Unix socket in the data directory that
// only its user (or root) may use. It speaks the same requests as every connection,
//
//     length u16 | Request          length u16 | FromRelay
//
// without encryption, since nothing leaves the machine. Relay decides what a local peer may ask.
// Network thread only, but for ask(), which is the other side.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <optional>
#include <set>

#include "proto/relay.pb.h"
#include "server/data_directory.hpp"
#include "server/switchboard.hpp"

namespace bisik::server {

class OperatorDoor {
 public:
  // Both outlive it, and it outlives io_context::run(). The directory must be locked by this
  // process. Throws Problem.
  OperatorDoor(boost::asio::io_context& io, const DataDirectory& directory,
               Switchboard& switchboard);
  ~OperatorDoor();

  void start();
  void stop();

 private:
  [[nodiscard]] boost::asio::awaitable<void> accept_loop();
  [[nodiscard]] boost::asio::awaitable<void> serve(
      boost::asio::local::stream_protocol::socket socket);

  boost::asio::io_context& io_;
  Switchboard& switchboard_;
  std::filesystem::path path_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
};

// The longest that the running relay counts: it reads all rows of queues for that.
constexpr std::chrono::seconds kAnswerPatience{30};

// One request to the relay that runs in this directory. Nothing: none answers there. Throws Problem
// if one is there and is silent for so long.
[[nodiscard]] std::optional<proto::pb::Response> ask(
    const DataDirectory& directory, const proto::pb::Request& request,
    std::chrono::milliseconds patience = kAnswerPatience);

}  // namespace bisik::server
