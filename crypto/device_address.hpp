// One device of one account: what a session connects.
#pragma once

#include "crypto/device_record.hpp"

namespace bisik::crypto {

struct DeviceAddress {
  static constexpr std::size_t kSize = AccountId::kSize + sizeof(DeviceNumber);
  AccountId account;
  DeviceNumber device;

  [[nodiscard]] static DeviceAddress of(const DeviceRecord& record) {
    return {record.account(), record.number()};
  }

  void encode(Encoder& out) const { out.append(account.bytes).append_int(device); }
  [[nodiscard]] static Result<DeviceAddress> decode(Decoder& in) {
    const AccountId account{in.take_array<AccountId::kSize>()};
    const auto device = in.take_int_between<DeviceNumber>(1, kMaxDeviceNumber);
    if (in.failed()) return Errc::malformed;
    return DeviceAddress{account, device};
  }

  friend bool operator==(const DeviceAddress&, const DeviceAddress&) = default;
  friend auto operator<=>(const DeviceAddress&, const DeviceAddress&) = default;
};

}  // namespace bisik::crypto
