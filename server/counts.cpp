#include "server/counts.hpp"

#include <array>

namespace bisik::server {
namespace {

constexpr std::array kCountTable{
    CountLine{"accounts", &Counts::accounts, "accounts", "registered here"},
    CountLine{"devices", &Counts::devices, "devices", "of these accounts"},
    CountLine{"queues", &Counts::queues, "queues", "mailboxes, knock and rendezvous queues"},
    CountLine{"cells_waiting", &Counts::cells_waiting, "cells", "not yet acknowledged by a reader"},
    CountLine{"bytes_waiting", &Counts::bytes_waiting, "bytes", "of these cells"},
    CountLine{"database", &Counts::database_bytes, "bytes", "of the database, without its log"},
    CountLine{"own_connections", &Counts::own_connections, "connections", "of devices, now"},
    CountLine{"anonymous_connections", &Counts::anonymous_connections, "connections",
              "of senders and strangers, now"},
    CountLine{"unfinished_handshakes", &Counts::unfinished_handshakes, "connections",
              "that have not said who they are, now"},
    CountLine{"requests_waiting", &Counts::requests_waiting, "requests", "for the disk, now"},
    CountLine{"connections", &Counts::connections, "connections", "accepted since the start"},
    CountLine{"turned_away_full", &Counts::turned_away_full, "connections",
              "closed at once: limits.connections was reached"},
    CountLine{"turned_away_unfinished", &Counts::turned_away_unfinished, "connections",
              "ended: newer ones came, and limits.unfinished_handshakes was reached"},
    CountLine{"turned_away_prefix", &Counts::turned_away_prefix, "connections",
              "closed at once: too many or too fast from one prefix"},
    CountLine{"slow_handshakes", &Counts::slow_handshakes, "connections",
              "ended: limits.handshake was over"},
    CountLine{"failed_handshakes", &Counts::failed_handshakes, "connections",
              "ended: no client of this relay"},
    CountLine{"slow_readers", &Counts::slow_readers, "connections",
              "ended: they took too little of what was sent to them"},
    CountLine{"requests", &Counts::requests, "requests", "understood"},
    CountLine{"broken_frames", &Counts::broken_frames, "frames",
              "not understood: the connection was ended"},
    CountLine{"cells_taken", &Counts::cells_taken, "cells", "stored"},
    CountLine{"cells_acknowledged", &Counts::cells_acknowledged, "cells",
              "named by their readers, who have them"},
    CountLine{"refused_unknown", &Counts::refused_unknown, "requests",
              "refused: unknown id, wrong key or blocked"},
    CountLine{"refused_invite", &Counts::refused_invite, "requests",
              "refused: the invite is unknown, used or expired"},
    CountLine{"refused_not_registered", &Counts::refused_not_registered, "requests",
              "refused: a network key of no account"},
    CountLine{"refused_malformed", &Counts::refused_malformed, "requests",
              "refused: against the rules of the protocol"},
    CountLine{"refused_quota", &Counts::refused_quota, "requests",
              "refused: something is full, and when to come back"},
    CountLine{"refused_busy", &Counts::refused_busy, "requests",
              "refused: too much at once or no disk, and when to come back"},
    CountLine{"refused_stale", &Counts::refused_stale, "requests",
              "refused: not newer than what is stored, or other bytes under its id"},
    CountLine{"batches", &Counts::batches, "commits", "to the disk"},
    CountLine{"batches_undone", &Counts::batches_undone, "commits",
              "that failed for lack of room on the disk"},
    CountLine{"operations", &Counts::operations, "operations", "in all commits"},
    CountLine{"commit_median", &Counts::commit_median_us, "microseconds", "half of all commits"},
    CountLine{"commit_99", &Counts::commit_99_us, "microseconds", "99 of 100 commits"},
    CountLine{"commit_longest", &Counts::commit_longest_us, "microseconds", "the longest commit"},
};
static_assert(sizeof(Counts) == kCountTable.size() * sizeof(std::uint64_t),
              "a count without a line");

}  // namespace

std::span<const CountLine> count_table() { return kCountTable; }

void count_refusal(proto::pb::Status status, Counts& counts) {
  switch (status) {
    case proto::pb::STATUS_REFUSED:
      ++counts.refused_unknown;
      break;
    case proto::pb::STATUS_INVITE:
      ++counts.refused_invite;
      break;
    case proto::pb::STATUS_NOT_REGISTERED:
      ++counts.refused_not_registered;
      break;
    case proto::pb::STATUS_MALFORMED:
      ++counts.refused_malformed;
      break;
    case proto::pb::STATUS_QUOTA:
      ++counts.refused_quota;
      break;
    case proto::pb::STATUS_BUSY:
      ++counts.refused_busy;
      break;
    case proto::pb::STATUS_NOT_NEWER:
    case proto::pb::STATUS_CONFLICT:
      ++counts.refused_stale;
      break;
    default:
      break;
  }
}

void put(const storage::Totals& totals, Counts& counts) {
  counts.accounts = static_cast<std::uint64_t>(totals.accounts);
  counts.devices = static_cast<std::uint64_t>(totals.devices);
  counts.queues = static_cast<std::uint64_t>(totals.queues);
  counts.cells_waiting = static_cast<std::uint64_t>(totals.cells);
  counts.bytes_waiting = static_cast<std::uint64_t>(totals.cell_bytes);
  counts.database_bytes = static_cast<std::uint64_t>(totals.database_bytes);
}

void put(const Durations& commits, Counts& counts) {
  counts.commit_median_us = static_cast<std::uint64_t>(commits.percentile(50).count());
  counts.commit_99_us = static_cast<std::uint64_t>(commits.percentile(99).count());
  counts.commit_longest_us = static_cast<std::uint64_t>(commits.longest().count());
}

}  // namespace bisik::server
