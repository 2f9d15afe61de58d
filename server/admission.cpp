#include "server/admission.hpp"

namespace bisik::server {
namespace {

// A minute's handshakes at once: after a night's sleep of a whole school, or a restart of ours.
constexpr std::chrono::seconds kHandshakeBurst{60};
// What a mail of the largest cells takes at once, before it is slowed down.
constexpr std::chrono::seconds kByteBurst{4};
constexpr std::chrono::seconds kForgetEvery{60};
constexpr double kPerMinute = 60;

}  // namespace

Admission::Verdict Admission::admit(ConnectionId connection, const From& from, Time now) {
  if (connections_ >= limits_.connections) return Verdict::full;
  if (from && !admit_neighbour(*from, now)) return Verdict::prefix;
  ++connections_;
  unfinished_.emplace(connection, from);
  if (from) {
    auto& neighbours = neighbours_[*from];
    ++neighbours.connections;
    ++neighbours.unfinished;
  }
  deadlines_.push_back({now.steady + std::chrono::seconds{limits_.handshake_seconds}, connection});
  return Verdict::admitted;
}

bool Admission::admit_neighbour(const Prefix& prefix, Time now) {
  if (neighbours_.size() >= kCountedPrefixes && !neighbours_.contains(prefix)) {
    // Whoever has so many prefixes loses nothing by being forgotten.
    std::erase_if(neighbours_, [](const auto& entry) { return entry.second.connections == 0; });
  }
  auto& neighbours = neighbours_[prefix];
  return neighbours.connections < limits_.connections_per_prefix &&
         neighbours.unfinished < limits_.unfinished_handshakes_per_prefix &&
         neighbours.handshakes.try_add(
             1, static_cast<double>(limits_.handshakes_per_prefix_per_minute) / kPerMinute,
             kHandshakeBurst, now.steady);
}

void Admission::established(ConnectionId connection, const From& from) {
  if (unfinished_.erase(connection) > 0 && from) --neighbours_.at(*from).unfinished;
}

std::optional<ConnectionId> Admission::one_too_many() {
  if (unfinished_.size() <= limits_.unfinished_handshakes) return std::nullopt;
  const auto [slowest, from] = *unfinished_.begin();
  established(slowest, from);
  return slowest;
}

void Admission::closed(ConnectionId connection, const From& from) {
  established(connection, from);
  --connections_;
  if (from) --neighbours_.at(*from).connections;
}

std::chrono::milliseconds Admission::received(const From& from, std::size_t bytes, Time now) {
  if (!from) return std::chrono::milliseconds{0};
  const auto wait = neighbours_.at(*from).bytes.add(
      bytes, static_cast<double>(limits_.bytes_per_prefix_per_second), kByteBurst, now.steady);
  return std::chrono::ceil<std::chrono::milliseconds>(wait);
}

void Admission::forget_idle(Time now) {
  if (now.steady - last_forgotten_ < kForgetEvery) return;
  last_forgotten_ = now.steady;
  std::erase_if(neighbours_, [&](const auto& entry) {
    const auto& neighbours = entry.second;
    return neighbours.connections == 0 && neighbours.handshakes.empty(now.steady) &&
           neighbours.bytes.empty(now.steady);
  });
}

std::vector<ConnectionId> Admission::overdue(Time now) {
  forget_idle(now);
  std::vector<ConnectionId> late;
  while (!deadlines_.empty() && deadlines_.front().at <= now.steady) {
    if (unfinished_.contains(deadlines_.front().connection)) {
      late.push_back(deadlines_.front().connection);
    }
    deadlines_.pop_front();
  }
  return late;
}

}  // namespace bisik::server
