// Public keys that contacts fetch: signed device lists, signed bundles, one-time keys. All bytes
// are opaque here; the client verifies them. Writes need an open Batch (relay_store.hpp).
#pragma once

#include <optional>
#include <vector>

#include "storage/types.hpp"

namespace bisik::storage {

struct SignedList {
  Sequence sequence;
  Bytes bytes;

  bool operator==(const SignedList&) const = default;
};

struct SignedBundle {
  Sequence sequence;
  Bytes bytes;

  bool operator==(const SignedBundle&) const = default;
};

enum class OneTimeKind : std::int64_t { x25519 = 0, post_quantum = 1 };

// One device's one-time keys of one kind.
struct OneTimeSlot {
  Id account_id;
  DeviceNumber device;
  OneTimeKind kind;
};

class Bundles {
 public:
  virtual ~Bundles() = default;

  // False, and nothing changes, unless the sequence is above every kept one. The oldest list goes
  // once more than kKeptLists are kept.
  virtual bool publish_list(const Id& account_id, Sequence sequence, Blob bytes) = 0;
  [[nodiscard]] virtual std::optional<SignedList> newest_list(const Id& account_id) = 0;
  [[nodiscard]] virtual std::vector<SignedList> lists(const Id& account_id) = 0;  // oldest first

  // False, and nothing changes, unless the sequence is above that of the device's kept bundle.
  virtual bool publish_bundle(const Id& account_id, DeviceNumber device, Sequence sequence,
                              Blob bytes) = 0;
  [[nodiscard]] virtual std::optional<SignedBundle> bundle(const Id& account_id,
                                                           DeviceNumber device) = 0;
  // A device that is gone: its bundle and its one-time keys.
  virtual void remove_device(const Id& account_id, DeviceNumber device) = 0;

  // Keys travel as one run of entries of entry_bytes each; keys.size() is a multiple of it.
  virtual void replace_one_time_keys(const OneTimeSlot& slot, std::size_t entry_bytes,
                                     Blob keys) = 0;
  // Behind those that are left. False, and nothing changes, if those have another entry size.
  virtual bool add_one_time_keys(const OneTimeSlot& slot, std::size_t entry_bytes, Blob keys) = 0;
  // Each key is handed out once, oldest first: the batch must be committed before it leaves.
  virtual std::optional<Bytes> take_one_time_key(const OneTimeSlot& slot) = 0;
  // The one that will be handed out last, if any is left: shows whether an upload is a repeat.
  [[nodiscard]] virtual std::optional<Bytes> last_one_time_key(const OneTimeSlot& slot) = 0;
  [[nodiscard]] virtual std::int64_t count_one_time_keys(const OneTimeSlot& slot) = 0;
};

}  // namespace bisik::storage
