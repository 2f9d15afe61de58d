// Where the network thread, Relay and the store thread meet. It carries out effects and passes
// events on; every decision is Relay's.
//
// Lives on the network thread. The store thread's events are posted to it in their order; a failed
// store surfaces as an exception out of io_context::run().
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <set>

#include "server/line.hpp"
#include "server/relay.hpp"
#include "server/store_thread.hpp"

namespace bisik::server {

class Switchboard final : private StoreThread::Events {
 public:
  // All of them outlive it.
  Switchboard(boost::asio::io_context& io, storage::RelayStore& store, Clerk& clerk,
              const Limits& limits, Time (*now)());

  [[nodiscard]] ConnectionId next_connection() noexcept { return ++last_connection_; }
  // From here to disconnect() the line must stay; its frames come in by receive().
  void connect(ConnectionId connection, const Peer& peer, Line& line);
  void receive(ConnectionId connection, crypto::ByteView frame);
  void disconnect(ConnectionId connection);

  void tick();

  [[nodiscard]] Counts& counts() noexcept { return relay_.counts(); }

  // Takes no more requests, waits until everything accepted is on disk and answered, ends every
  // line and calls `done`.
  void wind_up(std::function<void()> done);
  // Ends every line now, whatever waits in it.
  void cut();

 private:
  void executed(std::vector<Outcome> outcomes) override;
  void committed() override;
  void undone() override;
  void took(std::chrono::microseconds commit) override;
  void failed(std::exception_ptr error) override;

  void carry_out(Effects effects);
  void cut_slow_readers();
  void finish_if_wound_up();

  boost::asio::io_context& io_;
  const Limits& limits_;
  Time (*now_)();
  Relay relay_;
  std::map<ConnectionId, Line*> lines_;
  ConnectionId last_connection_ = 0;
  std::function<void()> wound_up_;  // set: winding up
  StoreThread store_thread_;        // last: it calls the above
};

}  // namespace bisik::server
