// What an operator can know about a running relay: numbers, each with its line in count_table(),
// from which `bisik-relay stats` is made. Nothing in it says who.
//
// Written and read by the network thread alone. What the store knows is filled in when somebody
// asks.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "proto/relay.pb.h"
#include "server/durations.hpp"
#include "storage/relay_store.hpp"

namespace bisik::server {

struct Counts {
  // --- what is there now ---
  std::uint64_t accounts = 0;
  std::uint64_t devices = 0;
  std::uint64_t queues = 0;
  std::uint64_t cells_waiting = 0;
  std::uint64_t bytes_waiting = 0;
  std::uint64_t database_bytes = 0;
  std::uint64_t own_connections = 0;
  std::uint64_t anonymous_connections = 0;
  std::uint64_t unfinished_handshakes = 0;
  std::uint64_t requests_waiting = 0;

  // --- what has happened since the start ---
  std::uint64_t connections = 0;
  std::uint64_t turned_away_full = 0;
  std::uint64_t turned_away_unfinished = 0;
  std::uint64_t turned_away_prefix = 0;
  std::uint64_t slow_handshakes = 0;
  std::uint64_t failed_handshakes = 0;
  std::uint64_t slow_readers = 0;
  std::uint64_t requests = 0;
  std::uint64_t broken_frames = 0;
  std::uint64_t cells_taken = 0;
  std::uint64_t cells_acknowledged = 0;
  std::uint64_t refused_unknown = 0;
  std::uint64_t refused_invite = 0;
  std::uint64_t refused_not_registered = 0;
  std::uint64_t refused_malformed = 0;
  std::uint64_t refused_quota = 0;
  std::uint64_t refused_busy = 0;
  std::uint64_t refused_stale = 0;
  std::uint64_t batches = 0;
  std::uint64_t batches_undone = 0;
  std::uint64_t operations = 0;
  std::uint64_t commit_median_us = 0;
  std::uint64_t commit_99_us = 0;
  std::uint64_t commit_longest_us = 0;
};

struct CountLine {
  std::string_view name;
  std::uint64_t Counts::*value;
  std::string_view unit;
  std::string_view meaning;
};
[[nodiscard]] std::span<const CountLine> count_table();

// One answer more, if it refuses.
void count_refusal(proto::pb::Status status, Counts& counts);
void put(const storage::Totals& totals, Counts& counts);
void put(const Durations& commits, Counts& counts);

}  // namespace bisik::server
