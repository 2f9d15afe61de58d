// Accepts TCP connections, sees them through the handshake and makes sessions of them. A coroutine
// owns the socket until its handshake is over; then the session does, and is kept here until it has
// ended. Network thread only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <vector>

#include "server/admission.hpp"
#include "server/session.hpp"
#include "server/switchboard.hpp"

namespace bisik::server {

class Listener final : private Session::Owner {
 public:
  // All of them outlive it, and it outlives io_context::run().
  // Who comes from one of the shared addresses is not counted by where they come from.
  Listener(boost::asio::io_context& io, const proto::Reception& reception, Switchboard& switchboard,
           const Limits& limits, SharedAddresses shared, Time (*now)());

  // Binds and listens; what connects from now on waits for start(). Where the wildcard of IPv6 is
  // given, IPv4 is served too. The endpoint with its real port. Throws boost::system::system_error.
  boost::asio::ip::tcp::endpoint listen(const boost::asio::ip::tcp::endpoint& endpoint);

  void start();
  // Accepts no more, and ends those that are still shaking hands. Other connections stay.
  void stop();
  // Closes those that are too slow with their handshake.
  void tick();

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;

  [[nodiscard]] boost::asio::awaitable<void> accept_loop(Acceptor& acceptor);
  void admit(proto::Socket socket);
  void make_room();
  // If it is still shaking hands.
  bool hang_up(ConnectionId id);
  [[nodiscard]] boost::asio::awaitable<void> serve(proto::Socket socket, ConnectionId id,
                                                   Admission::From from);
  // Nothing: it came to nothing, and the socket is of no more use.
  [[nodiscard]] boost::asio::awaitable<std::optional<proto::RelayConnection>> shake_hands(
      proto::Socket& socket, ConnectionId id);
  void ended(ConnectionId session, std::exception_ptr error) override;
  // Forgets it once nothing refers to it. The error goes to the log.
  [[nodiscard]] boost::asio::awaitable<void> bury(ConnectionId session, std::exception_ptr error);

  boost::asio::io_context& io_;
  const proto::Reception& reception_;
  Switchboard& switchboard_;
  SharedAddresses shared_;
  Time (*now_)();
  Admission admission_;
  std::map<ConnectionId, proto::Socket*> shaking_hands_;
  std::map<ConnectionId, Session> sessions_;
  std::vector<Acceptor> acceptors_;
  bool stopped_ = false;
};

}  // namespace bisik::server
