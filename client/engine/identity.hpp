// Who this profile is: the account's and the device's keys, and where on which relay it lives.
#pragma once

#include <optional>

#include "client/engine/step.hpp"
#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"
#include "proto/link.hpp"

namespace bisik::client {

struct OwnQueue {
  crypto::QueueId id;
  crypto::Capability read_key;

  [[nodiscard]] static OwnQueue random();
};

// Whoever was not told of the next one may still write with it, until the relay removes its key.
struct OldSecret {
  static constexpr std::chrono::sys_seconds kAtOnce{};
  crypto::Capability secret;
  std::chrono::sys_seconds until;  // the relay's clock
};

// Of a device that was linked or restored: whether the relay has its queues and keys. Restoring: it
// does not have the list that names the device yet.
enum class Setup : std::uint8_t { done = 0, pending = 1, pending_with_history = 2, restoring = 3 };

struct Identity {
  crypto::VerifyKey account_key;  // AK, which is never another one
  crypto::AccountId account_id = crypto::AccountId::of(account_key);
  std::optional<crypto::AccountKey> primary;  // AK's private half: on the primary device only
  crypto::Device device;                      // DS, DX, the record
  crypto::DhKeyPair network_key;              // DN
  OwnQueue mailbox;
  OwnQueue knock;
  crypto::Capability write_secret;  // the account's: contacts derive our queues' write keys from it
  std::uint64_t write_secret_sequence = 1;              // rises with each change
  std::optional<crypto::Capability> next_write_secret;  // until the relay has its key
  std::vector<OldSecret> old_write_secrets;             // oldest first, until the relay forgot them
  bool end_current_secret = false;  // as soon as the relay has the next one's key
  // The next one's number counts on from the clock. Not before that is there: under such a number
  // the present secret would pass for newer than what has replaced it.
  bool next_secret_from_clock = false;
  std::string name;
  proto::RelayAddress relay;
  std::optional<crypto::ByteArray<32>> relay_signing_key;  // RS, pinned at the first handshake
  crypto::Bytes device_list;                               // the account's: the relay has it
  crypto::Bytes next_device_list;                          // on its way there; empty: none
  std::uint64_t list_sequence = 1;
  std::uint8_t device_count = 1;  // in device_list
  std::uint64_t bundle_sequence = 0;
  std::optional<crypto::Capability> invite;  // present until the relay has registered us
  Setup setup = Setup::done;
  crypto::DeviceNumber last_number = 1;  // that the primary has given to a device

  [[nodiscard]] static Identity create(std::string name, const proto::Link& link, Step& step);

  [[nodiscard]] bool registered() const noexcept {
    return !invite.has_value() && setup == Setup::done;
  }
  // At hand, as every event asks for it many times.
  [[nodiscard]] const crypto::AccountId& id() const noexcept { return account_id; }
  [[nodiscard]] crypto::DeviceList list() const;
  // The list that is on its way names a new device.
  [[nodiscard]] bool list_grows() const noexcept {
    return next_device_list.size() > device_list.size();
  }
  [[nodiscard]] crypto::Hash list_hash() const;

  // On the primary: signs the list anew, with today's date; list_published() makes it ours.
  void renew_list(Step& step);
  void sign_list(Step& step, std::vector<crypto::DeviceRecord> records);
  void list_published(Step& step);
  // On another device, or after an older copy was restored: the list that the relay has, checked.
  void take_list(Step& step, const crypto::DeviceList& list);

  // Another device has changed it: the present one is good until then. False, and nothing changes,
  // while too many wait for the relay to forget them; it will be said again.
  bool take_write_secret(const crypto::Capability& secret, std::uint64_t sequence,
                         std::chrono::sys_seconds until);
  void save(Step& step) const;
  // Throws if the row does not decode.
  [[nodiscard]] static Identity read(const crypto::SecretBuffer& row);
};

// In the shape of client/api.
[[nodiscard]] proto::pb::WhoAmI to_api(const Identity& identity);

}  // namespace bisik::client
