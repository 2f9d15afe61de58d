// The network of the simulation: connections between clients and the relay that carry whole frames.
//
// What a real one does to a stream it does to these: frames are late, and in their order; a
// connection is cut at any moment, with everything on its way; or it swallows everything and stays
// open. A frame that comes twice is what Noise refuses, so there it ends the connection. Messages
// are repeated by the parties themselves, whenever an answer was lost.
#pragma once

#include <map>
#include <memory>

#include "client/engine/effects.hpp"
#include "server/operation.hpp"
#include "server/peer.hpp"
#include "tests/simulation/world.hpp"

namespace bisik::simulation {

// How bad the network is now. Probabilities are for each frame.
struct Weather {
  Duration least_delay{1};
  Duration most_delay{40};
  double cut = 0;
  double swallow = 0;  // from this frame on
  double repeat = 0;
};

class ClientEnd {
 public:
  virtual ~ClientEnd() = default;
  virtual void line_up(client::LineId line, const client::LineFacts& facts) = 0;
  virtual void line_down(client::LineId line, client::LineEnd why) = 0;
  virtual void frame(client::LineId line, crypto::ByteView frame) = 0;
};

class RelayEnd {
 public:
  virtual ~RelayEnd() = default;
  [[nodiscard]] virtual bool is_running() const = 0;
  // The connection's number there.
  virtual server::ConnectionId connected(const server::Peer& peer) = 0;
  virtual void frame(server::ConnectionId connection, crypto::ByteView frame) = 0;
  virtual void disconnected(server::ConnectionId connection) = 0;
  // What it says its clock shows, when a connection begins.
  [[nodiscard]] virtual Time claimed_time(Time truth) { return truth; }
};

// Where a relay's frames go: to the network, or first through the hands of whoever owns the relay.
class RelayOutlet {
 public:
  virtual ~RelayOutlet() = default;
  virtual void from_relay(server::ConnectionId connection, crypto::Bytes frame) = 0;
  virtual void close(server::ConnectionId connection) = 0;
  virtual void relay_died() = 0;
  // What waits on the relay's side for somebody who reads slowly; and the end of it, at once.
  [[nodiscard]] virtual std::size_t unsent_bytes(server::ConnectionId) const { return 0; }
  virtual void cut_off(server::ConnectionId connection) { close(connection); }
};

// Who is on a connection and on which of its lines, as an address on the internet would tell.
struct Caller {
  const ClientEnd* client;  // null: gone
  client::LineId line;
  friend auto operator<=>(const Caller&, const Caller&) = default;
};

class Network final : public RelayOutlet {
 public:
  Network(World& world, RelayEnd& relay) : world_{world}, relay_{relay} {}

  Weather weather;

  void dial(ClientEnd& client, client::LineId line, const server::Peer& peer);
  void from_client(ClientEnd& client, client::LineId line, crypto::Bytes frame);
  void from_relay(server::ConnectionId connection, crypto::Bytes frame) override;
  void hang_up(ClientEnd& client, client::LineId line);
  void close(server::ConnectionId connection) override;
  [[nodiscard]] std::size_t unsent_bytes(server::ConnectionId connection) const override;
  void cut_off(server::ConnectionId connection) override;
  [[nodiscard]] Caller caller(server::ConnectionId connection) const;

  // On all its connections it reads this much, or as fast as all others.
  void slow_down(const ClientEnd& client, std::uint64_t bytes_per_second);
  void speed_up(const ClientEnd& client) { slow_.erase(&client); }

  // A party died: its connections are cut, and it hears of nothing any more.
  void client_died(ClientEnd& client);
  void relay_died() override;

 private:
  enum class Side { client, relay };
  struct Connection {
    ClientEnd* client;  // null: that side is gone
    client::LineId line;
    server::ConnectionId at_relay = 0;  // 0: not connected yet, or gone
    bool swallows = false;
    std::size_t unsent = 0;  // of what the relay has written, to a slow reader
    Time client_hears{};     // nothing before this, so that frames keep their order
    Time relay_hears{};
  };
  using Id = std::uint64_t;

  [[nodiscard]] Id find(const ClientEnd& client, client::LineId line) const;
  [[nodiscard]] Id find(server::ConnectionId connection) const;
  void arrive(Id id, const server::Peer& peer);
  void carry(Id id, Side to, crypto::Bytes frame);
  [[nodiscard]] Duration reading_time(const ClientEnd* client, std::size_t bytes) const;
  void deliver(Id id, Side to, const crypto::Bytes& frame);
  void cut(Id id);
  void end(Id id, Side side, client::LineEnd why);

  World& world_;
  RelayEnd& relay_;
  std::map<Id, Connection> connections_;
  std::map<const ClientEnd*, std::uint64_t> slow_;  // bytes per second
  Id last_ = 0;
};

}  // namespace bisik::simulation
