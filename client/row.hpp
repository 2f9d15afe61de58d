// One row of the client's database before it is sealed: what the engine reads and writes, and what
// client/vault turns into opaque bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::client {

// Numbers are on disk: never reuse one.
enum class RowKind : std::uint8_t {
  profile = 1,
  key_ring = 2,
  one_time_key = 3,
  contact = 4,
  session = 5,
  message = 6,
  inbox = 7,
  outbox = 8,
  seen = 9,
  link = 10,
  replay = 11,
  idempotency = 12,
  counters = 13,
  uncertain = 14,
  copy = 20,
  unlisted = 21,
  early_copy = 22,
  sent = 30,
  opened = 31,
  set_aside = 32,
  state_epoch = 33,
  own_profile = 34,
  consumer = 35,
  successor = 36,
  receipt = 37,
  early = 38,
  day = 39,  // client/vault's own
};

// Rows of a kind are ordered by `order` among those with the same `group`. The vault hides `group`
// (an account id, a key id) behind a keyed hash; `order` is a number that tells nobody anything.
struct RowId {
  crypto::Bytes group;
  std::uint64_t order = 0;
  friend auto operator<=>(const RowId&, const RowId&) = default;
};

struct RowWrite {
  RowKind kind;
  RowId id;
  std::optional<crypto::SecretBuffer> value;  // none: erase
};

struct StoredRow {
  std::uint64_t order;
  crypto::SecretBuffer value;
};

// Committed rows, opened. Throws if a row was altered or the disk fails.
class RowSource {
 public:
  virtual ~RowSource() = default;
  [[nodiscard]] virtual std::optional<crypto::SecretBuffer> get(RowKind, const RowId&) const = 0;
  // Every row of a kind, in no promised order: for loading.
  [[nodiscard]] virtual std::vector<crypto::SecretBuffer> all(RowKind) const = 0;
  // Rows of one group with first <= order < end, by rising order or newest first; at most `limit`.
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t end = UINT64_MAX;
    std::size_t limit = SIZE_MAX;
    bool newest_first = false;
  };
  [[nodiscard]] virtual std::vector<StoredRow> range(RowKind, crypto::ByteView group,
                                                     Range) const = 0;
};

}  // namespace bisik::client
