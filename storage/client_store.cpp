#include "storage/client_store.hpp"

#include <cassert>

#include "storage/limits.hpp"
#include "storage/migration.hpp"

namespace bisik::storage {
namespace {

constexpr const char* kSteps[] = {
    R"sql(
      CREATE TABLE rows (
        kind  INTEGER NOT NULL,
        id    BLOB NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;
    )sql",
};

// ?1, ?2 the first row, ?3, ?4 the row behind the last, ?5 limit. Row values, so that SQLite seeks
// to either end of the run instead of stepping over what is outside of it.
constexpr std::string_view kScanUp =
    "SELECT id, value FROM rows WHERE (kind, id) >= (?1, ?2) AND (kind, id) < (?3, ?4) "
    "ORDER BY kind, id LIMIT ?5";
constexpr std::string_view kScanDown =
    "SELECT id, value FROM rows WHERE (kind, id) >= (?1, ?2) AND (kind, id) < (?3, ?4) "
    "ORDER BY kind DESC, id DESC LIMIT ?5";

Database open(const std::string& path, const std::string& vfs) {
  Database database{{.path = path,
                     .vfs = vfs,
                     .application_id = kClientApplicationId,
                     .page_bytes = kClientPageBytes,
                     .secure_delete = true}};
  migrate(database, kSteps);
  return database;
}

Bytes copy(Blob bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

void WriteBatch::put(std::int64_t kind, Blob id, Blob value) {
  writes_.push_back({kind, copy(id), copy(value)});
}

void WriteBatch::erase(std::int64_t kind, Blob id) {
  writes_.push_back({kind, copy(id), std::nullopt});
}

ClientStore::ClientStore(const std::string& path, const std::string& vfs)
    : database_{open(path, vfs)},
      get_{database_, "SELECT value FROM rows WHERE kind = ? AND id = ?"},
      count_{database_, "SELECT count(*) FROM rows WHERE kind = ?"},
      scan_up_{database_, kScanUp},
      scan_down_{database_, kScanDown},
      put_{database_,
           "INSERT INTO rows (kind, id, value) VALUES (?, ?, ?) "
           "ON CONFLICT DO UPDATE SET value = excluded.value"},
      erase_{database_, "DELETE FROM rows WHERE kind = ? AND id = ?"} {}

std::optional<Bytes> ClientStore::get(std::int64_t kind, Blob id) {
  Rows rows = get_.query(kind, id);
  if (!rows.next()) return std::nullopt;
  return rows.bytes(0);
}

std::vector<Row> ClientStore::scan(const Scan& scan) {
  Statement& statement = scan.reverse ? scan_down_ : scan_up_;
  assert(scan.kind < INT64_MAX);
  const std::int64_t end_kind = scan.last ? scan.kind : scan.kind + 1;
  const Blob end_id = scan.last.value_or(Blob{});  // of the next kind: before all its rows
  Rows rows = statement.query(scan.kind, scan.first, end_kind, end_id, scan.limit);
  std::vector<Row> found;
  while (rows.next()) found.push_back({rows.bytes(0), rows.bytes(1)});
  return found;
}

std::int64_t ClientStore::count(std::int64_t kind) {
  Rows rows = count_.query(kind);
  return rows.next() ? rows.integer(0) : 0;
}

void ClientStore::commit(const WriteBatch& batch) {
  if (batch.empty()) return;
  Transaction transaction{database_};
  for (const WriteBatch::Write& write : batch.writes_) {
    if (write.value) {
      put_.run(write.kind, Blob{write.id}, Blob{*write.value});
    } else {
      erase_.run(write.kind, Blob{write.id});
    }
  }
  transaction.commit();
}

void ClientStore::put(std::int64_t kind, Blob id, Blob value) {
  WriteBatch batch;
  batch.put(kind, id, value);
  commit(batch);
}

void ClientStore::erase(std::int64_t kind, Blob id) {
  WriteBatch batch;
  batch.erase(kind, id);
  commit(batch);
}

void ClientStore::truncate_wal() { database_.truncate_wal(); }

std::optional<std::string> ClientStore::integrity_check() { return database_.integrity_check(); }

}  // namespace bisik::storage
