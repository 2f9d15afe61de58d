// The relay's store in one SQLite file. Owns the only connection to it; a second store on the same
// file, in this process or another, gets StorageError of kind busy.
#pragma once

#include <string>

#include "storage/relay_store.hpp"
#include "storage/server_view.hpp"
#include "storage/sqlite.hpp"
#include "storage/sqlite_accounts.hpp"
#include "storage/sqlite_bundles.hpp"
#include "storage/sqlite_cells.hpp"
#include "storage/sqlite_grants.hpp"
#include "storage/sqlite_invites.hpp"
#include "storage/sqlite_queues.hpp"

namespace bisik::storage {

struct RelayStoreOptions {
  std::string path;      // ":memory:" in tests
  std::string vfs = {};  // empty: the real disk
  Synchronous synchronous = Synchronous::full;
  int checkpoint_bytes = kRelayCheckpointBytes;  // smaller in tests, so that it happens often
  int pause_bytes = kRelayPauseBytes;            // likewise, where nobody waits for it
  std::int64_t reserve_bytes = kReserveBytes;    // on the disk, for when it is full (reserve.hpp)
};

class SqliteRelayStore final : public RelayStore {
 public:
  // Creates the file where it is absent, brings an older one to this version.
  explicit SqliteRelayStore(const RelayStoreOptions& options);
  SqliteRelayStore(const SqliteRelayStore&) = delete;
  SqliteRelayStore& operator=(const SqliteRelayStore&) = delete;
  ~SqliteRelayStore() override;

  [[nodiscard]] Accounts& accounts() override { return accounts_; }
  [[nodiscard]] Invites& invites() override { return invites_; }
  [[nodiscard]] Grants& grants() override { return grants_; }
  [[nodiscard]] Bundles& bundles() override { return bundles_; }
  [[nodiscard]] Queues& queues() override { return queues_; }
  [[nodiscard]] Cells& cells() override { return cells_; }

  [[nodiscard]] std::optional<Bytes> meta(std::string_view name) override;
  void set_meta(std::string_view name, Blob value) override;

  [[nodiscard]] std::vector<ViewRow> server_view(const Id& account_id) override;
  [[nodiscard]] Totals totals() override;
  [[nodiscard]] std::optional<std::string> integrity_check() override;
  void release_space(std::int64_t max_pages) override;
  void use_pause() override;

 private:
  void begin() override;
  void commit() override;
  void rollback() noexcept override;

  void make_room() noexcept;
  void copy_log() noexcept;

  int pause_bytes_;
  Database database_;
  Reserve reserve_;
  SqliteAccounts accounts_;
  SqliteInvites invites_;
  SqliteGrants grants_;
  SqliteBundles bundles_;
  SqliteQueues queues_;
  SqliteCells cells_;
  Statement begin_;
  Statement commit_;
  Statement meta_;
  Statement set_meta_;
  std::int64_t batches_ = 0;
};

}  // namespace bisik::storage
