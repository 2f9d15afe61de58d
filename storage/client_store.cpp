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
    R"sql(
      CREATE TABLE keys (
        kind  INTEGER NOT NULL,
        id    BLOB NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO keys SELECT kind, id, value FROM rows WHERE kind IN (2, 3, 5);
      DELETE FROM rows WHERE kind IN (2, 3, 5);
    )sql",
};

// ?1, ?2 the first row, ?3, ?4 the row behind the last, ?5 limit. Row values, so that SQLite seeks
// to either end of the run instead of stepping over what is outside of it.
constexpr std::string_view kRun =
    " WHERE (kind, id) >= (?1, ?2) AND (kind, id) < (?3, ?4) ORDER BY kind";

Database open(const std::string& path, const std::string& vfs) {
  Database database{{.path = path,
                     .vfs = vfs,
                     .application_id = kClientApplicationId,
                     .page_bytes = kClientPageBytes,
                     .secure_delete = true}};
  migrate(database, kSteps);
  return database;
}

template <class... Part>
std::string sql(const Part&... parts) {
  std::string text;
  (text.append(parts), ...);
  return text;
}

Bytes copy(Blob bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

void WriteBatch::put(std::int64_t kind, Blob id, Blob value) {
  writes_.push_back({kind, copy(id), copy(value)});
}

void WriteBatch::erase(std::int64_t kind, Blob id) {
  writes_.push_back({kind, copy(id), std::nullopt});
}

ClientStore::Table::Table(Database& database, std::string_view name)
    : get{database, sql("SELECT value FROM ", name, " WHERE kind = ? AND id = ?")},
      count{database, sql("SELECT count(*) FROM ", name, " WHERE kind = ?")},
      scan_up{database, sql("SELECT id, value FROM ", name, kRun, ", id LIMIT ?5")},
      scan_down{database, sql("SELECT id, value FROM ", name, kRun, " DESC, id DESC LIMIT ?5")},
      put{database, sql("INSERT INTO ", name,
                        " (kind, id, value) VALUES (?, ?, ?) "
                        "ON CONFLICT DO UPDATE SET value = excluded.value")},
      erase{database, sql("DELETE FROM ", name, " WHERE kind = ? AND id = ?")},
      clear{database, sql("DELETE FROM ", name)} {}

ClientStore::ClientStore(const std::string& path, const std::string& vfs)
    : database_{open(path, vfs)}, rows_{database_, "rows"}, keys_{database_, "keys"} {}

std::optional<Bytes> ClientStore::get(std::int64_t kind, Blob id) {
  Rows rows = table_of(kind).get.query(kind, id);
  if (!rows.next()) return std::nullopt;
  return rows.bytes(0);
}

std::vector<Row> ClientStore::scan(const Scan& scan) {
  Table& table = table_of(scan.kind);
  Statement& statement = scan.reverse ? table.scan_down : table.scan_up;
  assert(scan.kind < INT64_MAX);
  const std::int64_t end_kind = scan.last ? scan.kind : scan.kind + 1;
  const Blob end_id = scan.last.value_or(Blob{});  // of the next kind: before all its rows
  Rows rows = statement.query(scan.kind, scan.first, end_kind, end_id, scan.limit);
  std::vector<Row> found;
  while (rows.next()) found.push_back({rows.bytes(0), rows.bytes(1)});
  return found;
}

std::int64_t ClientStore::count(std::int64_t kind) {
  Rows rows = table_of(kind).count.query(kind);
  return rows.next() ? rows.integer(0) : 0;
}

void ClientStore::commit(const WriteBatch& batch) {
  if (batch.empty()) return;
  Transaction transaction{database_};
  apply(batch);
  transaction.commit();
}

void ClientStore::apply(const WriteBatch& batch) {
  for (const WriteBatch::Write& write : batch.writes_) {
    Table& table = table_of(write.kind);
    if (write.value) {
      table.put.run(write.kind, Blob{write.id}, Blob{*write.value});
    } else {
      table.erase.run(write.kind, Blob{write.id});
    }
  }
}

// Without a condition SQLite does not go from row to row: it clears the root page and frees all
// others, and secure_delete overwrites each of them from end to end.
void ClientStore::replace_keys(const WriteBatch& batch) {
  Transaction transaction{database_};
  keys_.clear.run();
  apply(batch);
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
