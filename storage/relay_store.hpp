// Everything a relay keeps, behind one interface: accounts, invites, grants, bundles, queues,
// cells. There
// is no column for a sender, a contact or a membership. Every implementation passes the contract in
// tests/storage/relay_store_contract.hpp.
//
// Writes happen inside a Batch and nowhere else; a Batch takes many operations and makes them
// durable with one commit. What commit() returned from is on the disk: only then may the relay
// acknowledge. Reads see the writes of the open batch. One thread uses a store; it owns its
// connection. Any member throws StorageError when the environment fails; then the open batch is
// lost as a whole and its Batch must be dropped. Once the disk was full, push() throws `full` until
// there is room again, while everything that makes room goes on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/accounts.hpp"
#include "storage/bundles.hpp"
#include "storage/cells.hpp"
#include "storage/error.hpp"
#include "storage/grants.hpp"
#include "storage/invites.hpp"
#include "storage/queues.hpp"
#include "storage/types.hpp"

namespace bisik::storage {

// One row of what the relay holds about an account, for the account's owner to read.
struct ViewRow {
  std::string table;
  // Column and value: numbers in decimal, short blobs in hex, long ones as "4096 bytes".
  std::vector<std::pair<std::string, std::string>> columns;
};

// How much there is altogether.
struct Totals {
  std::int64_t accounts;
  std::int64_t devices;
  std::int64_t queues;
  std::int64_t cells;           // that wait
  std::int64_t cell_bytes;      // of these
  std::int64_t database_bytes;  // 0: in memory

  bool operator==(const Totals&) const = default;
};

class RelayStore {
 public:
  virtual ~RelayStore() = default;

  [[nodiscard]] virtual Accounts& accounts() = 0;
  [[nodiscard]] virtual Invites& invites() = 0;
  [[nodiscard]] virtual Grants& grants() = 0;
  [[nodiscard]] virtual Bundles& bundles() = 0;
  [[nodiscard]] virtual Queues& queues() = 0;
  [[nodiscard]] virtual Cells& cells() = 0;

  // A few small values of the relay itself, such as the version of its policy. No keys.
  [[nodiscard]] virtual std::optional<Bytes> meta(std::string_view name) = 0;
  virtual void set_meta(std::string_view name, Blob value) = 0;

  // Every row that names the account or belongs to one of its queues: `whoami --server-view`.
  [[nodiscard]] virtual std::vector<ViewRow> server_view(const Id& account_id) = 0;

  // Reads a small part of every row.
  [[nodiscard]] virtual Totals totals() = 0;

  // The first fault found, or nothing. Reads everything: for doctor and tests.
  [[nodiscard]] virtual std::optional<std::string> integrity_check() = 0;
  // Gives up to max_pages that deletions left free back to the disk. Not inside a batch.
  virtual void release_space(std::int64_t max_pages) = 0;
  // For a moment in which nobody waits, not inside a batch: copies a log that has grown, for which
  // later a batch would have to wait, and longer.
  virtual void use_pause() = 0;

 private:
  friend class Batch;
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
};

// Many operations, one commit. Rolls back unless commit() returned. One at a time for each store.
class Batch {
 public:
  explicit Batch(RelayStore& store) : store_{store} { store_.begin(); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() {
    if (open_) store_.rollback();
  }

  void commit() {
    store_.commit();
    open_ = false;
  }

 private:
  RelayStore& store_;
  bool open_ = true;
};

}  // namespace bisik::storage
