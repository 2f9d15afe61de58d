// The devices that speak for an account now, signed by the account.
//
//     AK 32 | sequence u64 | created u64 | hash of the previous list 32 | count u8
//     | count device records of 236, device numbers rising | by AK 64
//
// Lists form a chain: each names the hash of the one before it (zeros for the first, whose
// sequence is 1). A relay that hides a list or shows two views is found out by sequence and hash,
// which every message carries. The bytes are kept as they were received.
#pragma once

#include <vector>

#include "crypto/device_record.hpp"

namespace bisik::crypto {

class DeviceList {
 public:
  static constexpr std::size_t kFixedSize = 32 + 8 + 8 + 32 + 1 + 64;
  static constexpr std::size_t kMaxSize = kFixedSize + kMaxDevices * DeviceRecord::kSize;

  [[nodiscard]] static DeviceList first(const AccountKey& account, UnixTime created,
                                        DeviceRecord record);
  // The list that follows this one. `records`: 1 ... kMaxDevices of this account, in any order,
  // no number twice.
  [[nodiscard]] DeviceList next(const AccountKey& account, UnixTime created,
                                std::vector<DeviceRecord> records) const;

  // Verifies the list's signature and both of every record. malformed: a length, count, sequence
  // or time outside its range, numbers that do not rise, records of another account, or a first
  // list with a predecessor. bad_signature, non_canonical_key: as for DeviceRecord.
  [[nodiscard]] static Result<DeviceList> parse(ByteView bytes);

  [[nodiscard]] const VerifyKey& account_key() const noexcept { return account_key_; }
  [[nodiscard]] AccountId account() const { return AccountId::of(account_key_); }
  [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }
  [[nodiscard]] UnixTime created() const noexcept { return created_; }
  [[nodiscard]] const Hash& previous() const noexcept { return previous_; }
  [[nodiscard]] const std::vector<DeviceRecord>& records() const noexcept { return records_; }
  [[nodiscard]] const DeviceRecord* find(DeviceNumber number) const noexcept;  // null: not listed

  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
  [[nodiscard]] Hash hash() const { return hash_of(bytes_); }
  // Of a list's bytes, all of them, the signature included.
  [[nodiscard]] static Hash hash_of(ByteView bytes);

  // Older than kDeviceListLifetime: no session starts with a device that was not known before.
  [[nodiscard]] bool is_stale(UnixTime now) const { return now - created_ > kDeviceListLifetime; }

 private:
  DeviceList() = default;
  [[nodiscard]] static DeviceList sign(const AccountKey& account, std::uint64_t sequence,
                                       UnixTime created, const Hash& previous,
                                       std::vector<DeviceRecord> records);
  [[nodiscard]] Result<void> decode(Decoder& in);

  Bytes bytes_;
  VerifyKey account_key_;  // AK
  std::uint64_t sequence_;
  UnixTime created_;
  Hash previous_;
  std::vector<DeviceRecord> records_;
};

enum class Succession {
  direct,    // the very next list, and it names ours as its predecessor
  with_gap,  // lists between them were not seen: accepted by signature, to be shown to the person
};

// Whether `next` may take the place of `seen`. bad_signature: another account. not_newer: a lower
// sequence, or the same list again. conflicting: the account has signed two histories (the same
// sequence with other content, a successor of another list, or a device number given twice); raise
// an alarm.
[[nodiscard]] Result<Succession> check_successor(const DeviceList& seen, const DeviceList& next);

}  // namespace bisik::crypto
