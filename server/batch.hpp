// Many operations, one transaction, and who hears of it when. This order is what "acknowledged
// means on disk" rests on: executed (pushes may leave), commit, committed (responses may leave).
#pragma once

#include <span>
#include <vector>

#include "server/clerk.hpp"

namespace bisik::server {

// Called on the thread that runs the batch, strictly: executed, then committed or undone.
class BatchEvents {
 public:
  virtual ~BatchEvents() = default;
  virtual void executed(std::vector<Outcome> outcomes) = 0;
  virtual void committed() = 0;
  // Nothing of what was executed is kept. Each operation that still has to be answered comes again
  // in a batch of its own.
  virtual void undone() = 0;
};

// A full disk is answered here: what makes room is tried again alone, everything else is told to
// come back later. Any other StorageError is thrown: nothing more may be acknowledged then.
void run_batch(storage::RelayStore& store, Clerk& clerk, std::span<const Operation> operations,
               Time now, BatchEvents& events);

}  // namespace bisik::server
