#include "storage/sqlite_bundles.hpp"

#include <cassert>

#include "storage/limits.hpp"

namespace bisik::storage {

SqliteBundles::SqliteBundles(Database& database)
    : database_{database},
      publish_list_{database,
                    "INSERT INTO device_lists (account_id, sequence, bytes) "
                    "SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM device_lists "
                    "WHERE account_id = ?1 AND sequence >= ?2)"},
      drop_old_lists_{database,
                      "DELETE FROM device_lists WHERE account_id = ?1 AND sequence <= "
                      "(SELECT sequence FROM device_lists WHERE account_id = ?1 "
                      "ORDER BY sequence DESC LIMIT 1 OFFSET ?2)"},
      newest_list_{database,
                   "SELECT sequence, bytes FROM device_lists WHERE account_id = ? "
                   "ORDER BY sequence DESC LIMIT 1"},
      lists_{database,
             "SELECT sequence, bytes FROM device_lists WHERE account_id = ? ORDER BY sequence"},
      publish_bundle_{database,
                      "INSERT INTO bundles (account_id, device, sequence, bytes) "
                      "VALUES (?, ?, ?, ?) ON CONFLICT (account_id, device) DO UPDATE "
                      "SET sequence = excluded.sequence, bytes = excluded.bytes "
                      "WHERE excluded.sequence > sequence"},
      bundle_{database, "SELECT sequence, bytes FROM bundles WHERE account_id = ? AND device = ?"},
      remove_bundle_{database, "DELETE FROM bundles WHERE account_id = ? AND device = ?"},
      remove_keys_{database, "DELETE FROM one_time_keys WHERE account_id = ? AND device = ?"},
      replace_keys_{database,
                    "INSERT INTO one_time_keys (account_id, device, kind, next, entry_bytes, "
                    "entries) VALUES (?, ?, ?, 0, ?, ?) ON CONFLICT (account_id, device, kind) "
                    "DO UPDATE SET next = 0, entry_bytes = excluded.entry_bytes, "
                    "entries = excluded.entries"},
      take_key_{database,
                "UPDATE one_time_keys SET next = next + 1 WHERE account_id = ? AND device = ? "
                "AND kind = ? AND next * entry_bytes < length(entries) "
                "RETURNING substr(entries, (next - 1) * entry_bytes + 1, entry_bytes)"},
      last_key_{database,
                "SELECT substr(entries, -entry_bytes) FROM one_time_keys WHERE account_id = ? "
                "AND device = ? AND kind = ? AND next * entry_bytes < length(entries)"},
      count_keys_{database,
                  "SELECT length(entries) / entry_bytes - next FROM one_time_keys "
                  "WHERE account_id = ? AND device = ? AND kind = ?"},
      remaining_{database,
                 "SELECT entry_bytes, substr(entries, next * entry_bytes + 1) "
                 "FROM one_time_keys WHERE account_id = ? AND device = ? AND kind = ?"} {}

bool SqliteBundles::publish_list(const Id& account_id, Sequence sequence, Blob bytes) {
  assert(database_.in_transaction());
  publish_list_.run(account_id, sequence, bytes);
  if (database_.changes() == 0) return false;
  drop_old_lists_.run(account_id, kKeptLists);
  return true;
}

std::optional<SignedList> SqliteBundles::newest_list(const Id& account_id) {
  Rows rows = newest_list_.query(account_id);
  if (!rows.next()) return std::nullopt;
  return SignedList{.sequence = rows.integer(0), .bytes = rows.bytes(1)};
}

std::vector<SignedList> SqliteBundles::lists(const Id& account_id) {
  Rows rows = lists_.query(account_id);
  std::vector<SignedList> found;
  while (rows.next()) found.push_back({.sequence = rows.integer(0), .bytes = rows.bytes(1)});
  return found;
}

bool SqliteBundles::publish_bundle(const Id& account_id, DeviceNumber device, Sequence sequence,
                                   Blob bytes) {
  assert(database_.in_transaction());
  publish_bundle_.run(account_id, device, sequence, bytes);
  return database_.changes() == 1;
}

std::optional<SignedBundle> SqliteBundles::bundle(const Id& account_id, DeviceNumber device) {
  Rows rows = bundle_.query(account_id, device);
  if (!rows.next()) return std::nullopt;
  return SignedBundle{.sequence = rows.integer(0), .bytes = rows.bytes(1)};
}

void SqliteBundles::remove_device(const Id& account_id, DeviceNumber device) {
  assert(database_.in_transaction());
  remove_bundle_.run(account_id, device);
  remove_keys_.run(account_id, device);
}

void SqliteBundles::replace_one_time_keys(const OneTimeSlot& slot, std::size_t entry_bytes,
                                          Blob keys) {
  assert(database_.in_transaction());
  assert(entry_bytes > 0 && keys.size() % entry_bytes == 0);
  replace_keys_.run(slot.account_id, slot.device, static_cast<std::int64_t>(slot.kind),
                    static_cast<std::int64_t>(entry_bytes), keys);
}

bool SqliteBundles::add_one_time_keys(const OneTimeSlot& slot, std::size_t entry_bytes, Blob keys) {
  assert(database_.in_transaction());
  std::optional<Remaining> left = remaining(slot);
  if (!left || left->keys.empty()) {
    replace_one_time_keys(slot, entry_bytes, keys);
    return true;
  }
  if (left->entry_bytes != entry_bytes) return false;
  left->keys.insert(left->keys.end(), keys.begin(), keys.end());
  replace_one_time_keys(slot, entry_bytes, left->keys);
  return true;
}

std::optional<SqliteBundles::Remaining> SqliteBundles::remaining(const OneTimeSlot& slot) {
  Rows rows = remaining_.query(slot.account_id, slot.device, static_cast<std::int64_t>(slot.kind));
  if (!rows.next()) return std::nullopt;
  return Remaining{.entry_bytes = static_cast<std::size_t>(rows.integer(0)), .keys = rows.bytes(1)};
}

std::optional<Bytes> SqliteBundles::take_one_time_key(const OneTimeSlot& slot) {
  assert(database_.in_transaction());
  Rows rows = take_key_.query(slot.account_id, slot.device, static_cast<std::int64_t>(slot.kind));
  if (!rows.next()) return std::nullopt;
  Bytes key = rows.bytes(0);
  rows.finish();
  return key;
}

std::optional<Bytes> SqliteBundles::last_one_time_key(const OneTimeSlot& slot) {
  Rows rows = last_key_.query(slot.account_id, slot.device, static_cast<std::int64_t>(slot.kind));
  if (!rows.next()) return std::nullopt;
  return rows.bytes(0);
}

std::int64_t SqliteBundles::count_one_time_keys(const OneTimeSlot& slot) {
  Rows rows = count_keys_.query(slot.account_id, slot.device, static_cast<std::int64_t>(slot.kind));
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace bisik::storage
