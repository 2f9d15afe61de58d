// Our own side of a device: the private halves of the keys that its record names.
#pragma once

#include "crypto/device_record.hpp"

namespace bisik::crypto {

// Drawn before anybody has said whose device it is.
struct DeviceKeys {
  SigningKeyPair signing_key;  // DS
  DhKeyPair identity_key;      // DX

  [[nodiscard]] static DeviceKeys generate();
};

struct Device {
  SigningKeyPair signing_key;  // DS
  DhKeyPair identity_key;      // DX
  DeviceRecord record;

  // A new device of this account, with fresh keys.
  [[nodiscard]] static Device create(const AccountKey& account, DeviceNumber number,
                                     UnixTime created);

  // malformed: these keys are not those that the record names.
  [[nodiscard]] static Result<Device> join(DeviceKeys keys, const DeviceRecord& record);

  [[nodiscard]] DeviceNumber number() const noexcept { return record.number(); }

  void write(SecretBuffer& out) const;
  // malformed: too short, or as for join(). A record that does not parse gives the error of
  // DeviceRecord::parse.
  [[nodiscard]] static Result<Device> read(SecretReader& in);
};

}  // namespace bisik::crypto
