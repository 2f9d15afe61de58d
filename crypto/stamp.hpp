// A proof of work on one cell (docs/protocol.md 8.3): what a stranger pays for writing into a knock
// queue, and the relay checks before it looks at the queue.
//
// The work is for one cell, one queue and one day, so it can neither be moved nor saved up. Public
// values alone; nothing is remembered.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "crypto/hash.hpp"
#include "crypto/limits.hpp"
#include "crypto/write_key.hpp"

namespace bisik::crypto {

using Day = std::chrono::sys_days;  // UTC

// Looks for a nonce with which check_stamp() is content, a little at a time: it takes 2^kStampBits
// tries in the mean, without bound. `cell` is the SHA-256 of the cell.
class StampSearch {
 public:
  StampSearch(const QueueId& queue, Day day, const Hash& cell);

  // The stamp, if it is among the next so many nonces. Fewer bits than kStampBits no relay takes.
  [[nodiscard]] std::optional<std::uint64_t> try_some(std::uint64_t tries, int bits = kStampBits);

 private:
  LabelledHash begun_;  // all but the nonce
  std::uint64_t next_;
};

// One hash. 0 is no stamp: it stands for absence.
[[nodiscard]] bool check_stamp(const QueueId& queue, Day day, const Hash& cell, std::uint64_t stamp,
                               int bits = kStampBits);

}  // namespace bisik::crypto
