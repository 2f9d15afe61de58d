#include "storage/sqlite_invites.hpp"

#include <cassert>

namespace bisik::storage {

SqliteInvites::SqliteInvites(Database& database)
    : database_{database},
      create_{database,
              "REPLACE INTO invites (token_hash, uses_left, expires_at) VALUES (?, ?, ?)"},
      use_{database,
           "UPDATE invites SET uses_left = uses_left - 1 "
           "WHERE token_hash = ? AND uses_left > 0 AND expires_at > ?"},
      find_{database, "SELECT uses_left, expires_at FROM invites WHERE token_hash = ?"},
      sweep_{database,
             "DELETE FROM invites WHERE token_hash IN (SELECT token_hash FROM invites "
             "WHERE expires_at <= ? OR uses_left <= 0 LIMIT ?)"} {}

void SqliteInvites::create(const Id& token_hash, const Invite& invite) {
  assert(database_.in_transaction());
  create_.run(token_hash, invite.uses_left, invite.expires_at);
}

bool SqliteInvites::use(const Id& token_hash, UnixSeconds now) {
  assert(database_.in_transaction());
  use_.run(token_hash, now);
  return database_.changes() == 1;
}

std::optional<Invite> SqliteInvites::find(const Id& token_hash) {
  Rows rows = find_.query(token_hash);
  if (!rows.next()) return std::nullopt;
  return Invite{.uses_left = rows.integer(0), .expires_at = rows.integer(1)};
}

std::int64_t SqliteInvites::sweep(UnixSeconds now, std::int64_t max_rows) {
  assert(database_.in_transaction());
  sweep_.run(now, max_rows);
  return database_.changes();
}

}  // namespace bisik::storage
