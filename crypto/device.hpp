// Our own side of a device: the private halves of the keys that its record names.
#pragma once

#include "crypto/device_record.hpp"

namespace bisik::crypto {

struct Device {
  SigningKeyPair signing_key;  // DS
  DhKeyPair identity_key;      // DX
  DeviceRecord record;

  // A new device of this account, with fresh keys.
  [[nodiscard]] static Device create(const AccountKey& account, DeviceNumber number,
                                     UnixTime created);

  [[nodiscard]] DeviceNumber number() const noexcept { return record.number(); }

  void write(SecretBuffer& out) const;
  // malformed: too short, or the private keys are not those that the record names. A record that
  // does not parse gives the error of DeviceRecord::parse.
  [[nodiscard]] static Result<Device> read(SecretReader& in);
};

}  // namespace bisik::crypto
