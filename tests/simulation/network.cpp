#include "tests/simulation/network.hpp"

#include <algorithm>

namespace bisik::simulation {

void Network::dial(ClientEnd& client, client::LineId line, const server::Peer& peer) {
  const auto id = ++last_;
  connections_.emplace(id, Connection{.client = &client, .line = line});
  const auto delay = world_.between(weather.least_delay, weather.most_delay);
  world_.after(delay, [this, id, peer] { arrive(id, peer); });
}

void Network::arrive(Id id, const server::Peer& peer) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.client == nullptr) return;
  if (!relay_.is_running() || world_.chance(weather.cut)) {
    return end(id, Side::client, client::LineEnd::unreachable);
  }
  auto bound = peer;
  for (auto& byte : bound.handshake) byte = static_cast<std::uint8_t>(world_.below(256));
  const client::LineFacts facts{
      .handshake_hash = bound.handshake,
      .relay_signing_key = {7},
      .relay_unix_seconds = static_cast<std::uint64_t>(
          std::chrono::floor<std::chrono::seconds>(relay_.claimed_time(world_.now()))
              .time_since_epoch()
              .count())};
  found->second.at_relay = relay_.connected(bound);
  world_.trace("connected");
  const auto delay = world_.between(weather.least_delay, weather.most_delay);
  found->second.client_hears = world_.now() + delay;
  world_.after(delay, [this, id, facts] {
    const auto up = connections_.find(id);
    if (up == connections_.end() || up->second.client == nullptr) return;
    if (up->second.at_relay == 0) return end(id, Side::client, client::LineEnd::closed);
    up->second.client->line_up(up->second.line, facts);
  });
}

Network::Id Network::find(const ClientEnd& client, client::LineId line) const {
  const auto found = std::ranges::find_if(connections_, [&](const auto& entry) {
    return entry.second.client == &client && entry.second.line == line;
  });
  return found == connections_.end() ? 0 : found->first;
}

Network::Id Network::find(server::ConnectionId connection) const {
  const auto found = std::ranges::find_if(
      connections_, [&](const auto& entry) { return entry.second.at_relay == connection; });
  return found == connections_.end() ? 0 : found->first;
}

Caller Network::caller(server::ConnectionId connection) const {
  const auto id = find(connection);
  if (id == 0) return {nullptr, 0};
  const auto& found = connections_.at(id);
  return {found.client, found.line};
}

void Network::from_client(ClientEnd& client, client::LineId line, crypto::Bytes frame) {
  if (const auto id = find(client, line)) carry(id, Side::relay, std::move(frame));
}

void Network::from_relay(server::ConnectionId connection, crypto::Bytes frame) {
  if (const auto id = find(connection)) carry(id, Side::client, std::move(frame));
}

void Network::carry(Id id, Side to, crypto::Bytes frame) {
  auto& connection = connections_.at(id);
  if (connection.swallows) return;
  if (world_.chance(weather.swallow)) {
    connection.swallows = true;
    world_.trace("swallowed");
    return;
  }
  auto& hears = to == Side::client ? connection.client_hears : connection.relay_hears;
  const auto delay = world_.between(weather.least_delay, weather.most_delay);
  hears = std::max(hears, world_.now() + delay);
  std::size_t unsent = 0;
  if (const auto time = reading_time(connection.client, frame.size());
      to == Side::client && time.count() > 0) {
    hears += time;
    connection.unsent += unsent = frame.size();
  }
  const bool cut_here = world_.chance(weather.cut) || world_.chance(weather.repeat);
  world_.after(hears - world_.now(), [this, id, to, frame = std::move(frame), cut_here, unsent] {
    if (!connections_.contains(id)) return;
    connections_.at(id).unsent -= unsent;
    deliver(id, to, frame);
    if (cut_here && connections_.contains(id)) cut(id);
  });
}

Duration Network::reading_time(const ClientEnd* client, std::size_t bytes) const {
  const auto found = slow_.find(client);
  return Duration{found == slow_.end() ? 0 : bytes * 1'000 / found->second};
}

void Network::slow_down(const ClientEnd& client, std::uint64_t bytes_per_second) {
  world_.trace("client reads slowly");
  slow_[&client] = bytes_per_second;
}

std::size_t Network::unsent_bytes(server::ConnectionId connection) const {
  const auto id = find(connection);
  return id == 0 ? 0 : connections_.at(id).unsent;
}

void Network::cut_off(server::ConnectionId connection) {
  if (const auto id = find(connection)) cut(id);
}

void Network::deliver(Id id, Side to, const crypto::Bytes& frame) {
  const auto connection = connections_.at(id);
  world_.trace(to == Side::client ? "to client" : "to relay", frame);
  if (to == Side::relay && connection.at_relay != 0) relay_.frame(connection.at_relay, frame);
  if (to == Side::client && connection.client != nullptr) {
    connection.client->frame(connection.line, frame);
  }
}

void Network::cut(Id id) {
  world_.trace("cut");
  end(id, Side::relay, client::LineEnd::closed);
  const auto delay = world_.between(weather.least_delay, weather.most_delay);
  world_.after(delay, [this, id] { end(id, Side::client, client::LineEnd::closed); });
}

// One side learns that the connection is over. What was on its way to it is lost.
void Network::end(Id id, Side side, client::LineEnd why) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  auto& connection = found->second;
  auto* client = side == Side::client ? std::exchange(connection.client, nullptr) : nullptr;
  const auto at_relay = side == Side::relay ? std::exchange(connection.at_relay, 0) : 0;
  const auto line = connection.line;
  if (connection.client == nullptr && connection.at_relay == 0) connections_.erase(found);
  if (client != nullptr) client->line_down(line, why);
  if (at_relay != 0) relay_.disconnected(at_relay);
}

void Network::hang_up(ClientEnd& client, client::LineId line) {
  const auto id = find(client, line);
  if (id == 0) return;
  auto& connection = connections_.at(id);
  connection.client = nullptr;
  const auto delay = world_.between(weather.least_delay, weather.most_delay);
  world_.after(delay, [this, id] { end(id, Side::relay, client::LineEnd::closed); });
}

void Network::close(server::ConnectionId connection) {
  const auto id = find(connection);
  if (id == 0) return;
  end(id, Side::relay, client::LineEnd::closed);
  // After what was written before it.
  const auto still = connections_.find(id);
  if (still == connections_.end()) return;
  const auto hears = std::max(still->second.client_hears, world_.now() + weather.least_delay);
  world_.after(hears - world_.now(),
               [this, id] { end(id, Side::client, client::LineEnd::closed); });
}

void Network::client_died(ClientEnd& client) {
  for (auto& [id, connection] : connections_) {
    if (connection.client != &client) continue;
    connection.client = nullptr;
    world_.after(weather.most_delay,
                 [this, dead = id] { end(dead, Side::relay, client::LineEnd::closed); });
  }
}

void Network::relay_died() {
  for (auto& [id, connection] : connections_) {
    connection.at_relay = 0;
    world_.after(weather.most_delay,
                 [this, dead = id] { end(dead, Side::client, client::LineEnd::closed); });
  }
}

}  // namespace bisik::simulation
