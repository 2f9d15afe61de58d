// What the engine asks the world to do. It owns no socket, file, thread or clock: whoever drives it
// (client/owner with Asio and SQLite, tests/simulation with neither) carries these out in this
// order: commit `rows` in one durable transaction, and only then everything else. If the commit
// fails the engine's memory is ahead of the disk: throw the engine away and load a new one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/row.hpp"
#include "crypto/bytes.hpp"
#include "proto/api.pb.h"
#include "proto/link.hpp"

namespace bisik::client {

// Deadlines are kept by a clock that nobody sets and that goes on while the machine sleeps; dates,
// which others see, by the one on the wall.
struct Uptime {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Uptime>;
  static constexpr bool is_steady = true;
};
using Time = Uptime::time_point;
struct Now {
  Time steady;
  std::chrono::sys_time<std::chrono::milliseconds> wall;
};

using LineId = std::uint64_t;     // one connection attempt; never used again
using CommandId = std::uint64_t;  // one request of client/api, chosen by the driver

enum class LineKind {
  own,        // Noise_XK with our network key
  anonymous,  // Noise_NK
};

struct Dial {
  LineId line;
  LineKind kind;
  proto::RelayAddress relay;
  // Also where its name leads to this machine or its network: an address for which is_private().
  bool may_be_private = false;
};
struct HangUp {
  LineId line;
};
struct Transmit {
  LineId line;
  crypto::Bytes frame;  // one record
};
struct Answer {
  CommandId command;
  proto::pb::ApiReply reply;  // reply.last() ends the command; `number` is the driver's to fill in
};

struct Effects {
  std::vector<RowWrite> rows;
  std::vector<std::variant<Dial, HangUp, Transmit, Answer>> actions;  // in this order, after rows
};

// Why a line ended, as far as a person can do something about it.
enum class LineEnd {
  unreachable,  // no route, refused, timed out
  not_a_relay,  // answered, but not with the key in the address
  version,      // no common version
  closed,       // was up, and went away
};

// What a finished handshake tells the engine.
struct LineFacts {
  crypto::ByteArray<32> handshake_hash;
  crypto::ByteArray<32> relay_signing_key;
  std::uint64_t relay_unix_seconds;
};

}  // namespace bisik::client
