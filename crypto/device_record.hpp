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

// What a record says before anybody has signed it. Each side signs its half where its key is: a
// device that is being linked has DS, the primary has AK.
struct DeviceStatement {
  static constexpr std::size_t kSize = 108;
  VerifyKey account_key;     // AK
  VerifyKey signing_key;     // DS, not AK
  DhPublicKey identity_key;  // DX
  DeviceNumber number;
  UnixTime created;

  [[nodiscard]] ByteArray<kSize> encode() const;
  [[nodiscard]] Signature sign(const AccountKey& account) const;
  [[nodiscard]] Signature sign(const SigningKeyPair& device) const;
  // bad_signature: not by AK, not by DS.
  [[nodiscard]] Result<void> verify_by_account(const Signature& signature) const;
  [[nodiscard]] Result<void> verify_by_device(const Signature& signature) const;

  friend bool operator==(const DeviceStatement&, const DeviceStatement&) = default;
};

class DeviceRecord {
 public:
  static constexpr std::size_t kSize = DeviceStatement::kSize + 2 * std::tuple_size_v<Signature>;

  [[nodiscard]] static DeviceRecord create(const AccountKey& account, const SigningKeyPair& device,
                                           const DhPublicKey& identity, DeviceNumber number,
                                           UnixTime created);

  // The two halves, put together; verified as by parse().
  [[nodiscard]] static Result<DeviceRecord> assemble(const DeviceStatement& statement,
                                                     const Signature& by_account,
                                                     const Signature& by_device);

  // malformed: the length, a number or time outside its range, AK and DS the same key.
  // non_canonical_key: DX. bad_signature: either of the two.
  [[nodiscard]] static Result<DeviceRecord> parse(ByteView bytes);

  [[nodiscard]] const DeviceStatement& statement() const noexcept { return statement_; }
  [[nodiscard]] const VerifyKey& account_key() const noexcept { return statement_.account_key; }
  [[nodiscard]] const VerifyKey& signing_key() const noexcept { return statement_.signing_key; }
  [[nodiscard]] const DhPublicKey& identity_key() const noexcept { return statement_.identity_key; }
  [[nodiscard]] DeviceNumber number() const noexcept { return statement_.number; }
  [[nodiscard]] UnixTime created() const noexcept { return statement_.created; }

  [[nodiscard]] AccountId account() const { return AccountId::of(account_key()); }
  [[nodiscard]] std::span<const std::uint8_t, kSize> bytes() const noexcept { return bytes_; }
  [[nodiscard]] Hash hash() const;  // over all 236 bytes

  friend bool operator==(const DeviceRecord& a, const DeviceRecord& b) noexcept {
    return a.bytes_ == b.bytes_;
  }

 private:
  DeviceRecord() = default;

  ByteArray<kSize> bytes_;
  DeviceStatement statement_;
};

}  // namespace bisik::crypto
