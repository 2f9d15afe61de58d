// Accounts on SQLite: the tables `accounts` and `devices`.
#pragma once

#include "storage/accounts.hpp"
#include "storage/sqlite.hpp"

namespace bisik::storage {

class SqliteAccounts final : public Accounts {
 public:
  explicit SqliteAccounts(Database& database);

  bool create(const Id& account_id, Day today) override;
  [[nodiscard]] std::optional<Account> find(const Id& account_id) override;
  void touch(const Id& account_id, Day today) override;

  bool add_device(const Id& network_key, const Id& account_id, DeviceNumber number) override;
  bool remove_device(const Id& network_key) override;
  [[nodiscard]] std::optional<Device> device(const Id& network_key) override;
  [[nodiscard]] std::vector<Device> devices(const Id& account_id) override;

  bool set_state_epoch(const Id& network_key, Blob state_epoch) override;

 private:
  Database& database_;
  Statement create_;
  Statement find_;
  Statement touch_;
  Statement add_device_;
  Statement remove_device_;
  Statement device_;
  Statement devices_;
  Statement set_state_epoch_;
};

}  // namespace bisik::storage
