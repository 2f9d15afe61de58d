// Tokens that let a new account register. The relay keeps a hash, a count and an end: there is no
// column for who made one. Writes need an open Batch (relay_store.hpp).
#pragma once

#include <optional>

#include "storage/types.hpp"

namespace bisik::storage {

struct Invite {
  std::int64_t uses_left;
  UnixSeconds expires_at;  // from this second on it is worth nothing

  bool operator==(const Invite&) const = default;
};

class Invites {
 public:
  virtual ~Invites() = default;

  // Replaces an invite with the same hash, which random tokens never produce.
  virtual void create(const Id& token_hash, const Invite& invite) = 0;
  // Takes one use. False: unknown, expired or used up, which nobody outside may tell apart.
  virtual bool use(const Id& token_hash, UnixSeconds now) = 0;
  [[nodiscard]] virtual std::optional<Invite> find(const Id& token_hash) = 0;
  // Deletes at most max_rows that are expired or used up; returns how many.
  virtual std::int64_t sweep(UnixSeconds now, std::int64_t max_rows) = 0;
};

}  // namespace bisik::storage
