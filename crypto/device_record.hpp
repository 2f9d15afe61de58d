// Which device speaks for which account: a statement that both have signed and that never changes.
//
//     AK 32 | DS 32 | DX 32 | device number u32 | created u64 | by AK 64 | by DS 64     (236 bytes)
//
// The account's signature says "this device is mine", the device's says "this account is mine", so
// that nobody can list another's device as his own. The bytes are kept as they were received: the
// hash and the session transcript are over exactly these.
#pragma once

#include "crypto/account.hpp"
#include "crypto/dh.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace bisik::crypto {

using DeviceNumber = std::uint32_t;  // 1 ... kMaxDeviceNumber, never given twice by one account

class DeviceRecord {
 public:
  static constexpr std::size_t kCanonicalSize = 108;
  static constexpr std::size_t kSize = kCanonicalSize + 2 * std::tuple_size_v<Signature>;

  [[nodiscard]] static DeviceRecord create(const AccountKey& account, const SigningKeyPair& device,
                                           const DhPublicKey& identity, DeviceNumber number,
                                           UnixTime created);

  // malformed: the length, a number or time outside its range, AK and DS the same key.
  // non_canonical_key: DX. bad_signature: either of the two.
  [[nodiscard]] static Result<DeviceRecord> parse(ByteView bytes);

  [[nodiscard]] const VerifyKey& account_key() const noexcept { return account_key_; }
  [[nodiscard]] const VerifyKey& signing_key() const noexcept { return signing_key_; }
  [[nodiscard]] const DhPublicKey& identity_key() const noexcept { return identity_key_; }
  [[nodiscard]] DeviceNumber number() const noexcept { return number_; }
  [[nodiscard]] UnixTime created() const noexcept { return created_; }

  [[nodiscard]] AccountId account() const { return AccountId::of(account_key_); }
  [[nodiscard]] std::span<const std::uint8_t, kSize> bytes() const noexcept { return bytes_; }
  [[nodiscard]] Hash hash() const;  // over all 236 bytes

  friend bool operator==(const DeviceRecord& a, const DeviceRecord& b) noexcept {
    return a.bytes_ == b.bytes_;
  }

 private:
  DeviceRecord() = default;
  [[nodiscard]] ByteView canonical() const noexcept {
    return ByteView{bytes_}.first(kCanonicalSize);
  }

  ByteArray<kSize> bytes_;
  VerifyKey account_key_;     // AK
  VerifyKey signing_key_;     // DS
  DhPublicKey identity_key_;  // DX
  DeviceNumber number_;
  UnixTime created_;
};

}  // namespace bisik::crypto
