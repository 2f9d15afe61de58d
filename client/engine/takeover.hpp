// The second half of a restore (docs/protocol.md 9.4): whoever holds the account's key from a
// backup makes this device the account's primary. It asks the relay for the newest device list,
// signs the next one, in which a new device takes the place of the old primary, and publishes it
// over the connection of that device. Then the device is set up as a linked one is.
//
// Until the list is signed nothing but the backup's contacts and messages is kept, and a failure
// clears them. From then on the relay may know the device: what a process did not finish goes on at
// the next start, or a new restore takes its place.
#pragma once

#include "client/engine/backup_records.hpp"
#include "client/engine/device_set_up.hpp"

namespace bisik::client {

class Takeover {
 public:
  Takeover(State& state, Mailbox& mailbox, DeviceSetUp& set_up)
      : state_{state}, mailbox_{mailbox}, set_up_{set_up} {}

  void begin(Step& step, CommandId command, BackedUpAccount account);
  // Another restore begins.
  void give_up();
  void cancel(CommandId command);

  void pump(Step& step);
  void line_failed(Step& step, const LineKey& key, LineEnd why);
  void add_wanted(Lines::Wanted& wanted) const;
  [[nodiscard]] bool any() const noexcept { return account_ || command_; }
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;

 private:
  [[nodiscard]] LineKey line_key() const;
  void fetch(Step& step, Line& line);
  void fetched(Step& step, const proto::pb::Response* response);
  [[nodiscard]] std::vector<crypto::DeviceRecord> remaining(
      const crypto::DeviceList& list, const proto::pb::Bundles& bundles) const;
  void become(Step& step, const crypto::DeviceList& list, const proto::pb::Bundles& bundles);
  void learn_devices_that_stay(Step& step, const std::vector<crypto::DeviceRecord>& records,
                               const proto::pb::Bundles& bundles);
  [[nodiscard]] bool must_publish() const;
  void publish(Step& step);
  void published(Step& step, const proto::pb::Response* response,
                 const std::optional<proto::pb::Failure>& unreachable);
  void fail(Step& step, const proto::pb::Failure& why);

  State& state_;
  Mailbox& mailbox_;
  DeviceSetUp& set_up_;
  std::optional<BackedUpAccount> account_;  // until the list is signed
  std::optional<CommandId> command_;
  bool asked_ = false;
  Time not_before_{};
};

}  // namespace bisik::client
