// Who may use this relay, and through which devices. Rows of `accounts` and `devices`.
//
// Writes need an open Batch (relay_store.hpp). Throws StorageError only for the environment.
#pragma once

#include <optional>
#include <vector>

#include "storage/types.hpp"

namespace bisik::storage {

struct Device {
  Id network_key;  // DN
  Id account_id;
  DeviceNumber number;
  std::optional<Bytes> state_epoch;  // counter and MAC of the client's; at most kMaxStateEpochBytes

  bool operator==(const Device&) const = default;
};

struct Account {
  Day created_day;
  Day last_used_day;

  bool operator==(const Account&) const = default;
};

class Accounts {
 public:
  virtual ~Accounts() = default;

  // False, and nothing changes, if there already is such an account.
  virtual bool create(const Id& account_id, Day today) = 0;
  [[nodiscard]] virtual std::optional<Account> find(const Id& account_id) = 0;
  // Raises the day of last use; never lowers it. Writes at most once a day for an account.
  virtual void touch(const Id& account_id, Day today) = 0;

  // False, and nothing changes, if the key is known, the number taken or the account absent.
  virtual bool add_device(const Id& network_key, const Id& account_id, DeviceNumber number) = 0;
  virtual bool remove_device(const Id& network_key) = 0;
  [[nodiscard]] virtual std::optional<Device> device(const Id& network_key) = 0;
  [[nodiscard]] virtual std::vector<Device> devices(const Id& account_id) = 0;  // by number

  // Opaque: whether it may replace the kept one is the caller's question. False: no such device.
  virtual bool set_state_epoch(const Id& network_key, Blob state_epoch) = 0;
};

}  // namespace bisik::storage
