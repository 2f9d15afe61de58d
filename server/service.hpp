// A running relay, put together: the store and its thread, Relay, the listeners, the door for the
// operator. Whoever calls run() is the network thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "server/config.hpp"
#include "server/listener.hpp"
#include "server/operator_door.hpp"

namespace bisik::server {

class Service {
 public:
  // All of them outlive it.
  Service(storage::RelayStore& store, Clerk& clerk, const proto::Reception& reception,
          const Limits& limits, SharedAddresses shared = to_addresses(Config{}.shared_addresses));

  // As Listener::listen.
  boost::asio::ip::tcp::endpoint listen(const boost::asio::ip::tcp::endpoint& endpoint);
  void open_door(const DataDirectory& directory);
  // SIGTERM and SIGINT, which block_signals() has blocked. They do nothing else, also once run()
  // has returned: whoever asks twice must not cut short what comes after it.
  void stop_on_signals();
  // Before there is a Service, whose threads would otherwise be ended by them.
  static void block_signals();
  // The calling thread, which will run(), goes before others for a processor from now on, where the
  // system lets it; threads that there are already do not. Otherwise whoever it wakes takes its
  // processor in the middle of what it does, and everybody else waits.
  static void go_first();

  // Serves until stop(). Everything accepted is on disk then. Throws what the store has thrown:
  // nothing was acknowledged after that.
  void run();
  // From any thread.
  void stop();

 private:
  [[nodiscard]] boost::asio::awaitable<void> tick_loop();
  void wind_up();
  void cut();

  boost::asio::io_context io_{1};
  Switchboard switchboard_;
  Listener listener_;
  std::optional<OperatorDoor> door_;
  boost::asio::posix::stream_descriptor signals_{io_};
  boost::asio::steady_timer ticks_{io_};
  boost::asio::steady_timer grace_{io_};
  bool winding_up_ = false;
};

}  // namespace bisik::server
