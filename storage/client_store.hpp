// The client's rows: kind, id, value, all opaque. What is in them and how it is sealed is
// client/vault; this file only promises that a batch is on the disk as a whole or not at all.
//
// The store owns the only connection to its file; a second one, in this process or another, gets
// StorageError of kind busy. One thread at a time. Deleted and replaced bytes are overwritten
// (secure_delete); those in the WAL go with truncate_wal(), which a clean exit calls.
//
// Where SQLite moves rows from page to page it overwrites nothing: copies stay in the unused part
// of a page. So rows that must leave nothing behind (kKeyKinds) have pages of their own, which
// replace_keys() overwrites as a whole.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "storage/sqlite.hpp"
#include "storage/types.hpp"

namespace bisik::storage {

// Changes that become durable together, applied in the order in which they were added.
class WriteBatch {
 public:
  void put(std::int64_t kind, Blob id, Blob value);
  void erase(std::int64_t kind, Blob id);  // of what is absent: nothing
  void clear() noexcept { writes_.clear(); }
  [[nodiscard]] bool empty() const noexcept { return writes_.empty(); }

 private:
  friend class ClientStore;
  struct Write {
    std::int64_t kind;
    Bytes id;
    std::optional<Bytes> value;  // none: erase
  };
  std::vector<Write> writes_;
};

struct Row {
  Bytes id;
  Bytes value;

  bool operator==(const Row&) const = default;
};

// A run of ids of one kind, in the order of memcmp; of two ids where one begins the other, the
// shorter comes first.
struct Scan {
  std::int64_t kind;
  Blob first = {};                 // inclusive; empty: from the beginning
  std::optional<Blob> last = {};   // exclusive; none: to the end
  std::int64_t limit = INT64_MAX;  // at most so many rows
  bool reverse = false;            // from the end of the run backwards
};

// In their own table: the numbers of client/row.hpp for whatever is or seals a key.
inline constexpr std::array<std::int64_t, 4> kKeyKinds{2, 3, 5, 39};

[[nodiscard]] constexpr bool is_key_kind(std::int64_t kind) {
  return std::ranges::find(kKeyKinds, kind) != kKeyKinds.end();
}

class ClientStore {
 public:
  // Creates the file where it is absent. `vfs` names another disk than the real one, for tests.
  explicit ClientStore(const std::string& path, const std::string& vfs = {});

  [[nodiscard]] std::optional<Bytes> get(std::int64_t kind, Blob id);
  [[nodiscard]] std::vector<Row> scan(const Scan& scan);
  [[nodiscard]] std::int64_t count(std::int64_t kind);

  // Durable when it returns; when it throws, nothing of the batch is there.
  void commit(const WriteBatch& batch);
  void put(std::int64_t kind, Blob id, Blob value);  // a batch of one
  void erase(std::int64_t kind, Blob id);            // a batch of one
  // Likewise, and every row of kKeyKinds that is not in the batch is gone. After truncate_wal() no
  // byte of what these rows were is in the files.
  void replace_keys(const WriteBatch& batch);

  void truncate_wal();
  [[nodiscard]] std::optional<std::string> integrity_check();

 private:
  struct Table {
    Table(Database& database, std::string_view name);

    Statement get;
    Statement count;
    Statement scan_up;
    Statement scan_down;
    Statement put;
    Statement erase;
    Statement clear;
  };
  [[nodiscard]] Table& table_of(std::int64_t kind) { return is_key_kind(kind) ? keys_ : rows_; }
  void apply(const WriteBatch& batch);

  Database database_;
  Table rows_;
  Table keys_;
};

}  // namespace bisik::storage
