#include "server/batch.hpp"

#include <algorithm>
#include <cassert>

namespace bisik::server {
namespace {

using storage::StorageError;

// What a full disk must not stop: it reads, or makes room.
bool works_on_full_disk(const Operation& operation) {
  return std::holds_alternative<op::Acknowledge>(operation.action) ||
         std::holds_alternative<op::RemoveWriteKey>(operation.action) ||
         std::holds_alternative<op::Subscribe>(operation.action) ||
         std::holds_alternative<op::ReadPage>(operation.action) ||
         std::holds_alternative<op::ReadGroupQueue>(operation.action) ||
         std::holds_alternative<op::Count>(operation.action) ||
         std::holds_alternative<op::Sweep>(operation.action) ||
         std::holds_alternative<op::Forget>(operation.action);
}

enum class Disk { has_room, full };

void execute(storage::RelayStore& store, Clerk& clerk, std::span<const Operation> operations,
             Time now, Disk disk, BatchEvents& events) {
  storage::Batch batch{store};
  std::vector<Outcome> outcomes;
  outcomes.reserve(operations.size());
  for (const auto& operation : operations) {
    const bool refused = disk == Disk::full && !works_on_full_disk(operation);
    outcomes.push_back(refused ? clerk.refuse(operation, kDiskFull)
                               : clerk.execute(operation, now));
  }
  events.executed(std::move(outcomes));
  batch.commit();
  events.committed();
}

void refuse_all(Clerk& clerk, std::span<const Operation> operations, BatchEvents& events) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(operations.size());
  for (const auto& operation : operations) outcomes.push_back(clerk.refuse(operation, kDiskFull));
  events.executed(std::move(outcomes));
  events.committed();
}

// True: done. False: the disk is full, and nothing of it was kept.
bool try_to_execute(storage::RelayStore& store, Clerk& clerk, std::span<const Operation> operations,
                    Time now, Disk disk, BatchEvents& events) {
  try {
    execute(store, clerk, operations, now, disk, events);
    return true;
  } catch (const StorageError& error) {
    if (error.kind() != StorageError::Kind::full) throw;
    events.undone();
    return false;
  }
}

void release_space(storage::RelayStore& store) {
  try {
    store.release_space(kReleasePages);
  } catch (const StorageError& error) {
    if (error.kind() != StorageError::Kind::full) throw;  // the next sweep tries again
  }
}

}  // namespace

void run_batch(storage::RelayStore& store, Clerk& clerk, std::span<const Operation> operations,
               Time now, BatchEvents& events) {
  if (!try_to_execute(store, clerk, operations, now, Disk::has_room, events) &&
      !try_to_execute(store, clerk, operations, now, Disk::full, events)) {
    refuse_all(clerk, operations, events);
  }
  const bool swept = std::ranges::any_of(operations, [](const Operation& operation) {
    return std::holds_alternative<op::Sweep>(operation.action);
  });
  if (swept) release_space(store);
}

}  // namespace bisik::server
