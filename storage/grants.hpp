// Grants: each pays once for something that belongs to no account. A row is the SHA-256 of 32
// random bytes and when it ends, and nothing else: no column says who drew it, nor what was spent.
// Writes need an open Batch (relay_store.hpp).
#pragma once

#include <optional>

#include "storage/types.hpp"

namespace bisik::storage {

class Grants {
 public:
  virtual ~Grants() = default;

  // False, and nothing changes, if it is there already.
  virtual bool put(const Id& hash, UnixSeconds expires_at) = 0;
  // From which second on it is worth nothing; nothing if it is not there.
  [[nodiscard]] virtual std::optional<UnixSeconds> end(const Id& hash) = 0;
  // Takes the row away. False if it was not there.
  virtual bool spend(const Id& hash) = 0;
  // Deletes at most max_rows expired ones; returns how many.
  virtual std::int64_t sweep(UnixSeconds now, std::int64_t max_rows) = 0;
};

}  // namespace bisik::storage
