#include "storage/sqlite_relay_store.hpp"

#include <cassert>

#include "storage/limits.hpp"
#include "storage/migration.hpp"
#include "storage/relay_schema.hpp"

namespace bisik::storage {
namespace {

// The queues know what waits in them: no cell is read.
constexpr const char* kTotals =
    "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM devices), count(*),"
    " ifnull(sum(cells_waiting), 0), ifnull(sum(bytes_waiting), 0),"
    " (SELECT page_count FROM pragma_page_count) FROM queues";

Database open(const RelayStoreOptions& options) {
  Database database{{.path = options.path,
                     .vfs = options.vfs,
                     .application_id = kRelayApplicationId,
                     .page_bytes = kRelayPageBytes,
                     .secure_delete = false,
                     .cache_bytes = kRelayCacheBytes,
                     .synchronous = options.synchronous,
                     .checkpoint_bytes = options.checkpoint_bytes}};
  migrate(database, kRelaySteps);
  return database;
}

}  // namespace

SqliteRelayStore::SqliteRelayStore(const RelayStoreOptions& options)
    : pause_bytes_{options.pause_bytes},
      database_{open(options)},
      reserve_{options.path, options.vfs, options.path == kInMemory ? 0 : options.reserve_bytes},
      accounts_{database_},
      invites_{database_},
      grants_{database_},
      bundles_{database_},
      queues_{database_},
      cells_{database_, queues_, reserve_},
      begin_{database_, "BEGIN IMMEDIATE"},
      commit_{database_, "COMMIT"},
      meta_{database_, "SELECT value FROM meta WHERE name = ?"},
      set_meta_{database_, "REPLACE INTO meta (name, value) VALUES (?, ?)"} {}

SqliteRelayStore::~SqliteRelayStore() { copy_log(); }

std::optional<Bytes> SqliteRelayStore::meta(std::string_view name) {
  Rows rows = meta_.query(name);
  if (!rows.next()) return std::nullopt;
  return rows.bytes(0);
}

void SqliteRelayStore::set_meta(std::string_view name, Blob value) {
  assert(database_.in_transaction());
  set_meta_.run(name, value);
}

std::vector<ViewRow> SqliteRelayStore::server_view(const Id& account_id) {
  return view_account(database_, account_id);
}

Totals SqliteRelayStore::totals() {
  Statement statement{database_, kTotals};
  Rows rows = statement.query();
  [[maybe_unused]] const bool there = rows.next();
  assert(there);
  return {.accounts = rows.integer(0),
          .devices = rows.integer(1),
          .queues = rows.integer(2),
          .cells = rows.integer(3),
          .cell_bytes = rows.integer(4),
          .database_bytes = rows.integer(5) * kRelayPageBytes};
}

std::optional<std::string> SqliteRelayStore::integrity_check() {
  return database_.integrity_check();
}

void SqliteRelayStore::release_space(std::int64_t max_pages) {
  assert(!database_.in_transaction() && max_pages > 0);
  database_.execute(("PRAGMA incremental_vacuum(" + std::to_string(max_pages) + ")").c_str());
  reserve_.restore();
}

void SqliteRelayStore::use_pause() {
  assert(!database_.in_transaction());
  try {
    database_.copy_wal(pause_bytes_);
  } catch (const StorageError& error) {
    if (error.kind() != StorageError::Kind::full) throw;  // the batch that finds it full makes room
  }
}

void SqliteRelayStore::begin() {
  if (!reserve_.held() && ++batches_ % kBatchesBetweenRestores == 0) reserve_.restore();
  begin_.run();
}

void SqliteRelayStore::commit() { commit_.run(); }

void SqliteRelayStore::rollback() noexcept {
  const bool full = database_.ran_out_of_space();
  database_.rollback();
  queues_.rolled_back();
  cells_.rolled_back();
  if (full) make_room();
}

// The log cannot grow, so it is copied into the database and begun anew.
void SqliteRelayStore::make_room() noexcept {
  reserve_.release();
  try {
    database_.truncate_wal();
  } catch (const StorageError&) {
    // there is nothing left to give; the next batch says so
  }
}

// As SQLite does on closing; but on a full disk the room for it is what is kept back.
void SqliteRelayStore::copy_log() noexcept {
  try {
    database_.truncate_wal();
  } catch (const StorageError& error) {
    if (error.kind() == StorageError::Kind::full) make_room();
  }
}

}  // namespace bisik::storage
