// Bundles on SQLite: the tables `device_lists`, `bundles` and `one_time_keys`.
#pragma once

#include "storage/bundles.hpp"
#include "storage/sqlite.hpp"

namespace bisik::storage {

class SqliteBundles final : public Bundles {
 public:
  explicit SqliteBundles(Database& database);

  bool publish_list(const Id& account_id, Sequence sequence, Blob bytes) override;
  [[nodiscard]] std::optional<SignedList> newest_list(const Id& account_id) override;
  [[nodiscard]] std::vector<SignedList> lists(const Id& account_id) override;

  bool publish_bundle(const Id& account_id, DeviceNumber device, Sequence sequence,
                      Blob bytes) override;
  [[nodiscard]] std::optional<SignedBundle> bundle(const Id& account_id,
                                                   DeviceNumber device) override;
  void remove_device(const Id& account_id, DeviceNumber device) override;

  void replace_one_time_keys(const OneTimeSlot& slot, std::size_t entry_bytes, Blob keys) override;
  bool add_one_time_keys(const OneTimeSlot& slot, std::size_t entry_bytes, Blob keys) override;
  std::optional<Bytes> take_one_time_key(const OneTimeSlot& slot) override;
  [[nodiscard]] std::optional<Bytes> last_one_time_key(const OneTimeSlot& slot) override;
  [[nodiscard]] std::int64_t count_one_time_keys(const OneTimeSlot& slot) override;

 private:
  struct Remaining {
    std::size_t entry_bytes;
    Bytes keys;
  };
  [[nodiscard]] std::optional<Remaining> remaining(const OneTimeSlot& slot);

  Database& database_;
  Statement publish_list_;
  Statement drop_old_lists_;
  Statement newest_list_;
  Statement lists_;
  Statement publish_bundle_;
  Statement bundle_;
  Statement remove_bundle_;
  Statement remove_keys_;
  Statement replace_keys_;
  Statement take_key_;
  Statement last_key_;
  Statement count_keys_;
  Statement remaining_;
};

}  // namespace bisik::storage
