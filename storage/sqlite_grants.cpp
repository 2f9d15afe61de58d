#include "storage/sqlite_grants.hpp"

#include <cassert>

namespace bisik::storage {

SqliteGrants::SqliteGrants(Database& database)
    : database_{database},
      put_{database, "INSERT INTO grants (hash, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING"},
      end_{database, "SELECT expires_at FROM grants WHERE hash = ?"},
      spend_{database, "DELETE FROM grants WHERE hash = ?"},
      sweep_{database,
             "DELETE FROM grants WHERE hash IN "
             "(SELECT hash FROM grants WHERE expires_at <= ? LIMIT ?)"} {}

bool SqliteGrants::put(const Id& hash, UnixSeconds expires_at) {
  assert(database_.in_transaction());
  put_.run(hash, expires_at);
  return database_.changes() == 1;
}

std::optional<UnixSeconds> SqliteGrants::end(const Id& hash) {
  Rows rows = end_.query(hash);
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

bool SqliteGrants::spend(const Id& hash) {
  assert(database_.in_transaction());
  spend_.run(hash);
  return database_.changes() == 1;
}

std::int64_t SqliteGrants::sweep(UnixSeconds now, std::int64_t max_rows) {
  assert(database_.in_transaction());
  sweep_.run(now, max_rows);
  return database_.changes();
}

}  // namespace bisik::storage
