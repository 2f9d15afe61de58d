// The client's rows: kind, id, value, all opaque. What is in them and how it is sealed is
// client/vault; this file only promises that a batch is on the disk as a whole or not at all.
//
// The store owns the only connection to its file; a second one, in this process or another, gets
// StorageError of kind busy. One thread at a time. Deleted and replaced bytes are overwritten
// (secure_delete); those in the WAL go with truncate_wal(), which a clean exit calls.
#pragma once

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

  void truncate_wal();
  [[nodiscard]] std::optional<std::string> integrity_check();

 private:
  Database database_;
  Statement get_;
  Statement count_;
  Statement scan_up_;
  Statement scan_down_;
  Statement put_;
  Statement erase_;
};

}  // namespace bisik::storage
