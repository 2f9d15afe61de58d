// What a device publishes so that others can start sessions with it, signed by the device.
//
//     device record hash 32 | sequence u64 | created u64 | capabilities u32 | mailbox 32 | knock 32
//     | SEAL 32 + 1184 | SPK u64 + 32 | PQSPK u64 + 1184 | by DS 64                  (2628 bytes)
//
// A relay can hold a newer bundle back or serve an older one; the sequence and the date show it.
#pragma once

#include "crypto/device.hpp"
#include "crypto/prekey.hpp"
#include "crypto/write_key.hpp"

namespace bisik::crypto {

class Bundle {
 public:
  struct Contents {
    std::uint64_t sequence;  // 1 ... kMaxSequence; next_sequence() says which
    UnixTime created;
    std::uint32_t capabilities;  // what this device understands; unknown bits are ignored
    QueueId mailbox;
    QueueId knock;
    SealKey::Public seal;
    SignedPrekey::Public signed_prekey;
    PqSignedPrekey::Public pq_signed_prekey;

    friend bool operator==(const Contents&, const Contents&) = default;
  };

  static constexpr std::size_t kCanonicalSize =
      sizeof(Hash) + 8 + 8 + 4 + 2 * QueueId::kSize + SealKey::Public::kSize +
      SignedPrekey::Public::kSize + PqSignedPrekey::Public::kSize;
  static constexpr std::size_t kSize = kCanonicalSize + std::tuple_size_v<Signature>;

  [[nodiscard]] static Bundle create(const Device& device, const Contents& contents);

  // malformed: the length, a field outside its range, or the bundle of another record.
  // non_canonical_key: one of the five keys. bad_signature: not signed by this device.
  [[nodiscard]] static Result<Bundle> parse(ByteView bytes, const DeviceRecord& record);

  // Number of the SPK in what parse() has taken.
  [[nodiscard]] static PrekeyId signed_prekey_of(ByteView bytes);

  // max(last + 1, unix seconds): a device that has forgotten its last number still goes up.
  [[nodiscard]] static std::uint64_t next_sequence(std::uint64_t last, UnixTime now);

  [[nodiscard]] const Contents& contents() const noexcept { return contents_; }
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }

  // not_newer when a higher sequence than this one's was seen from this device before.
  [[nodiscard]] Result<void> check_not_below(std::uint64_t highest_seen) const;
  // Older than kBundleLifetime: no session starts with it.
  [[nodiscard]] bool is_stale(UnixTime now) const {
    return now - contents_.created > kBundleLifetime;
  }

 private:
  Bundle(Bytes bytes, const Contents& contents) : bytes_{std::move(bytes)}, contents_{contents} {}

  Bytes bytes_;
  Contents contents_;
};

}  // namespace bisik::crypto
