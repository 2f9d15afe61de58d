// Alice and Bob, with all that they publish, and small ways to spoil what they sign.
#pragma once

#include <algorithm>

#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"
#include "crypto/one_time_keys.hpp"

namespace bisik::crypto {

inline constexpr UnixTime kNow{std::chrono::seconds{1'750'000'000}};

struct Person {
  AccountKey account = AccountKey::generate();
  Device device = Device::create(account, 1, kNow);
  SignedPrekey signed_prekey = SignedPrekey::generate();
  PqSignedPrekey pq_signed_prekey = PqSignedPrekey::generate();
  SealKey seal = SealKey::generate();

  [[nodiscard]] Device another_device(DeviceNumber number) const {
    return Device::create(account, number, kNow);
  }
  [[nodiscard]] DeviceList first_list() const {
    return DeviceList::first(account, kNow, device.record);
  }
  [[nodiscard]] Bundle::Contents bundle_contents() const {
    return {.sequence = 7,
            .created = kNow,
            .capabilities = 0,
            .mailbox = QueueId::random(),
            .knock = QueueId::random(),
            .seal = seal.public_half(),
            .signed_prekey = signed_prekey.public_half(),
            .pq_signed_prekey = pq_signed_prekey.public_half()};
  }
  [[nodiscard]] Bundle bundle() const { return Bundle::create(device, bundle_contents()); }
};

[[nodiscard]] inline Bytes copy_of(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

[[nodiscard]] inline Bytes with_flipped_bit(ByteView bytes, std::size_t at) {
  auto altered = copy_of(bytes);
  altered[at] ^= 1;
  return altered;
}

[[nodiscard]] inline Bytes overwritten(ByteView bytes, std::size_t at, ByteView field) {
  auto altered = copy_of(bytes);
  for (std::size_t i = 0; i < field.size(); ++i) altered.at(at + i) = field[i];
  return altered;
}

// p = 2^255 - 19, which is 0 written in a second way.
[[nodiscard]] inline ByteArray<32> non_canonical_zero() {
  ByteArray<32> bytes;
  bytes.fill(0xff);
  bytes.front() = 0xed;
  bytes.back() = 0x7f;
  return bytes;
}

// A public key's place is overwritten with a key that no honest peer sends.
[[nodiscard]] inline Bytes with_bad_x25519_key(ByteView bytes, std::size_t at) {
  return overwritten(bytes, at, non_canonical_zero());
}

// The first two coefficients of an ML-KEM key become 4095, above q = 3329.
[[nodiscard]] inline Bytes with_bad_kem_key(ByteView bytes, std::size_t at) {
  return overwritten(bytes, at, ByteArray<3>{0xff, 0xff, 0xff});
}

}  // namespace bisik::crypto
