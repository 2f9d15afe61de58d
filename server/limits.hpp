// Every limit of the relay, with its reason.
//
// Limits are what clients can read (GetLimits) and an operator may choose (server/settings.hpp).
// Each member has its line in limit_table(), from which both are made; a test proves that none is
// missing. What is nobody's choice follows as constants.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "proto/limits.hpp"
#include "server/time.hpp"

namespace bisik::server {

struct Limits {
  // --- connections ---
  std::uint64_t connections = 16'000;
  std::uint64_t unfinished_handshakes = 1'024;
  std::uint64_t connections_per_prefix = 1'024;
  std::uint64_t unfinished_handshakes_per_prefix = 64;
  std::uint64_t handshakes_per_prefix_per_minute = 1'200;
  std::uint64_t bytes_per_prefix_per_second = 8 * 1024 * 1024;
  std::uint64_t handshake_seconds = 10;
  std::uint64_t silence_seconds = 600;
  std::uint64_t requests_in_flight = 256;
  std::uint64_t subscriptions_per_connection = 16;
  std::uint64_t refused_queues_per_connection = 64;
  std::uint64_t unsent_bytes = 4 * 1024 * 1024;
  std::uint64_t unsent_bytes_of_all = 512 * 1024 * 1024;

  // --- work waiting for the disk ---
  std::uint64_t waiting_requests = 16'384;
  std::uint64_t waiting_bytes = 64 * 1024 * 1024;

  // --- readers ---
  std::uint64_t push_window_cells = 256;
  std::uint64_t push_window_bytes = 1024 * 1024;

  // --- what is kept ---
  std::uint64_t mailbox_cells = 20'000;
  std::uint64_t mailbox_bytes = 256 * 1024 * 1024;
  std::uint64_t knock_cells = 16;
  std::uint64_t rendezvous_cells = 16;
  std::uint64_t cell_days = 30;
  std::uint64_t knock_cell_days = 7;
  std::uint64_t rendezvous_seconds = 15 * 60;
  std::uint64_t queues_per_account = 16;
  std::uint64_t rendezvous_queues_per_account = 8;
  std::uint64_t write_keys_per_queue = 256;
  std::uint64_t write_key_cells = 4'096;
  std::uint64_t write_key_seconds = 31 * 24 * 3600;
  std::uint64_t one_time_keys = 256;
  std::uint64_t pq_one_time_keys = 96;

  // --- invites ---
  std::uint64_t invites_per_day = 256;
  std::uint64_t invite_uses = 1'000;
  std::uint64_t invite_seconds = 31 * 24 * 3600;

  // --- grants, and what they pay for ---
  std::uint64_t grants_per_day = 32;
  std::uint64_t grant_seconds = 31 * 24 * 3600;
  std::uint64_t group_cells = 4'096;
  std::uint64_t group_bytes = 16 * 1024 * 1024;
  std::uint64_t group_queue_seconds = 8 * 24 * 3600;

  // --- questions that cost more than their answer ---
  std::uint64_t server_views_per_hour = 60;
  std::uint64_t fetches_per_prefix_per_hour = 3'600;
  std::uint64_t one_time_keys_per_target_per_hour = 20;
};

struct LimitLine {
  std::string_view name;
  std::uint64_t Limits::*value;
  std::string_view unit;
  // What an operator may choose. The same twice: clients count on it, and it is nobody's choice.
  std::uint64_t least, most;
  std::string_view reason;
};
[[nodiscard]] std::span<const LimitLine> limit_table();
// One that there is.
[[nodiscard]] const LimitLine& find_limit(std::string_view name);

// --- when to ask again after a refusal -----------------------------------------------------------

// A batch takes milliseconds: by then the queue of requests has been worked off.
inline constexpr std::chrono::seconds kBusyRetry{2};
// A reader that comes empties a mailbox within seconds.
inline constexpr std::chrono::seconds kMailboxRetry{60};
// Something has to be given up first; asking much more often only costs.
inline constexpr std::chrono::seconds kQuotaRetry{600};
// Somebody has to make room on a disk.
inline constexpr std::chrono::seconds kDiskFullRetry{60};
inline constexpr std::chrono::seconds kHour{3600};
inline constexpr std::chrono::seconds kDay{24 * 3600};

// --- inner sizes ---------------------------------------------------------------------------------

// Cells read for a reader in one operation: a few hundred KiB, so that one reader with a full
// mailbox does not hold up the batch that everybody waits for.
inline constexpr std::int64_t kPageCells = 128;
inline constexpr std::int64_t kPageBytes = 512 * 1024;

// Operations in one transaction: at 4 KiB cells a few milliseconds of work, and far above the
// number at which the cost of a sync no longer shows.
inline constexpr std::size_t kBatchOperations = 2'048;
// So many are never divided: each transaction costs a sync.
inline constexpr std::size_t kLeastBatch = 256;

// Rows that one sweep deletes of each kind, about a millisecond; what is left waits for the next.
inline constexpr std::int64_t kSweepRows = 256;
// Expired queues, each with 16 cells at most: as many rows again.
inline constexpr std::int64_t kSweepQueues = 16;
// After it takes no more cells a group queue stays for as long as the last of them is kept and
// their envelopes are remembered, with two days of wrong clocks: it is empty then, and quickly
// swept.
inline constexpr std::chrono::seconds kGroupQueueStays{35 * kDay};
inline constexpr std::chrono::seconds kSweepInterval{300};
inline constexpr std::chrono::seconds kSweepAgain{1};  // while there is more to delete
// Pages that deletions left free, given back to the file system after a sweep.
inline constexpr std::int64_t kReleasePages = 256;

// Accounts whose one-time keys of this hour are counted, 100 bytes each. Above it a new target
// counts as one that has been asked for too often: it is served without them.
inline constexpr std::size_t kCountedTargets = 65'536;
inline constexpr std::size_t kCountedInviters = 65'536;
// Prefixes whose fetches, connections and bytes are counted: as many, 100 bytes each. What one more
// does is not counted, or the one that is counted longest and idle is forgotten for it.
inline constexpr std::size_t kCountedPrefixes = 65'536;

// Room for the device lists in an answer to FetchBundle, beside eight devices with bundle and
// one-time keys (8 x 4.1 KB) in one record. A client asks again for more.
inline constexpr std::size_t kListBytesInAnswer = 28 * 1024;
// Rows of whoami --server-view in one answer: they fill a record at most.
inline constexpr std::size_t kRowBytesInAnswer = 60 * 1024;
inline constexpr std::size_t kRowFraming = 4;  // tag and length of each

}  // namespace bisik::server
