// Every bound and fixed number of this layer, with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/types.hpp"

namespace bisik::storage {

// "bsR1" and "bsC1": in the header of each file, so that neither half opens the other's, or a
// stranger's, database.
inline constexpr std::int64_t kRelayApplicationId = 0x62735231;
inline constexpr std::int64_t kClientApplicationId = 0x62734331;

// Page sizes are fixed when a file is created. The reasons and the measurement: docs/storage.md.
inline constexpr int kRelayPageBytes = 4096;
inline constexpr int kClientPageBytes = 4096;

// Pages kept in memory. SQLite's own 2 MiB do for one person. A relay's batch alone changes more:
// what does not fit is written twice, and what is needed again is read again.
inline constexpr int kCacheBytes = 2 * 1024 * 1024;
inline constexpr int kRelayCacheBytes = 32 * 1024 * 1024;

// The WAL is copied into the database and begun anew once it has this many bytes: large enough
// that hot pages are copied once for many commits, small enough to open quickly after a crash.
inline constexpr int kCheckpointBytes = 8 * 1024 * 1024;
// Eight times that for a relay: a checkpoint syncs log and database, which all its senders wait
// for, and copies the pages of `envelopes`, in random order, once for as many cells as the log
// holds.
inline constexpr int kRelayCheckpointBytes = 8 * kCheckpointBytes;

// And as soon as it has these where no sender waits: two syncs for some hundred pages take about a
// millisecond, the pages of a whole log up to a tenth of a second.
inline constexpr int kRelayPauseBytes = 1024 * 1024;

// Kept back for a full disk: a WAL of that size as it is copied into the database. The room of the
// WAL itself, which is cut then, is for what is committed meanwhile.
inline constexpr std::int64_t kReserveBytes = kRelayCheckpointBytes;

// A reserve that was given up is written anew, and likely in vain, once in so many batches.
inline constexpr std::int64_t kBatchesBetweenRestores = 256;

// Protocol §2: a client accepts a gap of at most so many device lists without remark.
inline constexpr std::int64_t kKeptLists = 64;

// A counter of 8 bytes and a MAC of 32, with room for another shape of it.
inline constexpr std::size_t kMaxStateEpochBytes = 64;

// "For a day after" (protocol §3) when only whole days are known: the day it went, and one more.
inline constexpr Day kEnvelopeMemoryDays = 2;

// Longer blobs are shown by their length in a server view: nobody reads 4,096 bytes of hex.
inline constexpr std::size_t kShownBlobBytes = 64;

}  // namespace bisik::storage
