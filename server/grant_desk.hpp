// Grants: drawn by devices of an account, spent by nobody in particular. The store side of
// DrawGrants and of what asks for a grant. Who drew which is written nowhere; how many an account
// has drawn today is known in memory alone.
#pragma once

#include "server/limits.hpp"
#include "server/operation.hpp"
#include "server/reply.hpp"
#include "server/tally.hpp"

namespace bisik::server {

class GrantDesk {
 public:
  GrantDesk(storage::RelayStore& store, const Limits& limits) : store_{store}, limits_{limits} {}

  // All of them or none. Those that are here already are a repeat and count for nothing.
  [[nodiscard]] Reply draw(const Id& account, const op::DrawGrants& request, Time now);

  // Whether it may be spent. Unknown, expired and spent are the same, in words and in work.
  [[nodiscard]] bool is_good(const Id& hash, Time now) const;
  void spend(const Id& hash);

 private:
  storage::RelayStore& store_;
  const Limits& limits_;
  Tally drawn_{kDay, kCountedInviters};
};

}  // namespace bisik::server
