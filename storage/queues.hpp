// Queues and the keys that open them. A queue is known by 32 random bytes; who may read or write is
// the SHA-256 of a capability. Rows of `queues` and `write_keys`; the cells are in cells.hpp.
// Writes need an open Batch (relay_store.hpp).
#pragma once

#include <optional>
#include <vector>

#include "storage/types.hpp"

namespace bisik::storage {

struct NewQueue {
  std::optional<Id> owner;  // account; none for a queue that was paid with a grant
  Id read_key_hash;
  std::int64_t kind;                           // the relay's: mailbox, knock, …
  std::optional<DeviceNumber> device = {};     // of the owner: goes with it
  std::optional<UnixSeconds> expires_at = {};  // from this second on it may be swept
};

struct Queue {
  std::optional<Id> owner;
  Id read_key_hash;
  std::int64_t kind;
  Sequence next_sequence;  // of the next cell; the first is 1
  std::int64_t cells_waiting;
  std::int64_t bytes_waiting;
  std::optional<DeviceNumber> device = {};
  std::optional<UnixSeconds> expires_at = {};

  bool operator==(const Queue&) const = default;
};

// Limits of one write key. A contact's key has none; one that travels in a link has both.
struct WriteKey {
  std::optional<std::int64_t> cells_left;  // 0: only a repeat of a cell already taken may come
  std::optional<UnixSeconds> expires_at;   // from this second on it is refused

  bool operator==(const WriteKey&) const = default;
};

class Queues {
 public:
  virtual ~Queues() = default;

  // False, and nothing changes, if the id is taken.
  virtual bool create(const Id& queue_id, const NewQueue& queue) = 0;
  [[nodiscard]] virtual std::optional<Queue> find(const Id& queue_id) = 0;
  [[nodiscard]] virtual std::vector<Id> owned_by(const Id& account_id) = 0;  // by id
  [[nodiscard]] virtual std::vector<Id> of_device(const Id& account_id,
                                                  DeviceNumber device) = 0;  // by id
  // With its cells, envelopes and write keys. False: no such queue.
  virtual bool remove(const Id& queue_id) = 0;
  // Removes at most max_queues expired queues in the same way; returns which.
  // Those of nobody, which are there for weeks, end by another clock than those of an owner.
  virtual std::vector<Id> sweep(UnixSeconds now_for_owned, UnixSeconds now_for_others,
                                std::int64_t max_queues) = 0;

  // Replaces the limits of a key that is already there. False: no such queue.
  virtual bool put_write_key(const Id& queue_id, const Id& key_hash, const WriteKey& limits) = 0;
  virtual bool remove_write_key(const Id& queue_id, const Id& key_hash) = 0;
  [[nodiscard]] virtual std::optional<WriteKey> write_key(const Id& queue_id,
                                                          const Id& key_hash) = 0;
  [[nodiscard]] virtual std::int64_t count_write_keys(const Id& queue_id) = 0;
  // After a cell was stored (not for a repeat): one fewer, if the key counts. False: absent or at
  // 0.
  virtual bool spend_write_key(const Id& queue_id, const Id& key_hash) = 0;
  // Deletes at most max_rows expired write keys; returns how many.
  virtual std::int64_t sweep_write_keys(UnixSeconds now, std::int64_t max_rows) = 0;
};

}  // namespace bisik::storage
