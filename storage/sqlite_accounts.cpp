#include "storage/sqlite_accounts.hpp"

#include <cassert>

#include "storage/limits.hpp"

namespace bisik::storage {
namespace {

Device device_from(const Rows& row) {
  Device device{.network_key = row.key<32>(0),
                .account_id = row.key<32>(1),
                .number = row.integer(2),
                .state_epoch = std::nullopt};
  if (!row.is_null(3)) device.state_epoch = row.bytes(3);
  return device;
}

}  // namespace

SqliteAccounts::SqliteAccounts(Database& database)
    : database_{database},
      create_{database,
              "INSERT INTO accounts (account_id, created_day, last_used_day) VALUES (?1, ?2, ?2) "
              "ON CONFLICT DO NOTHING"},
      find_{database, "SELECT created_day, last_used_day FROM accounts WHERE account_id = ?"},
      touch_{database,
             "UPDATE accounts SET last_used_day = ?2 WHERE account_id = ?1 AND last_used_day < ?2"},
      add_device_{database,
                  "INSERT INTO devices (network_key, account_id, number) "
                  "SELECT ?1, account_id, ?3 FROM accounts WHERE account_id = ?2 "
                  "ON CONFLICT DO NOTHING"},
      remove_device_{database, "DELETE FROM devices WHERE network_key = ?"},
      device_{database,
              "SELECT network_key, account_id, number, state_epoch FROM devices "
              "WHERE network_key = ?"},
      devices_{database,
               "SELECT network_key, account_id, number, state_epoch FROM devices "
               "WHERE account_id = ? ORDER BY number"},
      set_state_epoch_{database, "UPDATE devices SET state_epoch = ?2 WHERE network_key = ?1"} {}

bool SqliteAccounts::create(const Id& account_id, Day today) {
  assert(database_.in_transaction());
  create_.run(account_id, today);
  return database_.changes() == 1;
}

std::optional<Account> SqliteAccounts::find(const Id& account_id) {
  Rows rows = find_.query(account_id);
  if (!rows.next()) return std::nullopt;
  return Account{.created_day = rows.integer(0), .last_used_day = rows.integer(1)};
}

void SqliteAccounts::touch(const Id& account_id, Day today) {
  assert(database_.in_transaction());
  touch_.run(account_id, today);
}

bool SqliteAccounts::add_device(const Id& network_key, const Id& account_id, DeviceNumber number) {
  assert(database_.in_transaction());
  add_device_.run(network_key, account_id, number);
  return database_.changes() == 1;
}

bool SqliteAccounts::remove_device(const Id& network_key) {
  assert(database_.in_transaction());
  remove_device_.run(network_key);
  return database_.changes() == 1;
}

std::optional<Device> SqliteAccounts::device(const Id& network_key) {
  Rows rows = device_.query(network_key);
  if (!rows.next()) return std::nullopt;
  return device_from(rows);
}

std::vector<Device> SqliteAccounts::devices(const Id& account_id) {
  Rows rows = devices_.query(account_id);
  std::vector<Device> found;
  while (rows.next()) found.push_back(device_from(rows));
  return found;
}

bool SqliteAccounts::set_state_epoch(const Id& network_key, Blob state_epoch) {
  assert(database_.in_transaction() && state_epoch.size() <= kMaxStateEpochBytes);
  set_state_epoch_.run(network_key, state_epoch);
  return database_.changes() == 1;
}

}  // namespace bisik::storage
