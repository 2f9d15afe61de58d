// One-time keys as the relay hands them out: one entry each, signed by the device.
//
//     id u64 | public key (32 or 1184) | by DS 64            (104 bytes, or 1256 with ML-KEM)
//
// The signature covers device record hash | id | public key, under a label for each of the two
// kinds. All entries of a kind have the same size, so the relay keeps them as one array. The bytes
// are kept as they were received. The private halves are in crypto/prekey.hpp.
#pragma once

#include "crypto/device.hpp"
#include "crypto/prekey.hpp"

namespace bisik::crypto {

template <class Key>  // OneTimeKey or PqOneTimeKey
class SignedOneTimeKey {
 public:
  using Public = typename Key::Public;
  static constexpr std::size_t kSize = Public::kSize + sizeof(Signature);

  [[nodiscard]] static SignedOneTimeKey create(const Device& device, const Public& key);

  // malformed: the length, or an id of 0. non_canonical_key: the public key. bad_signature: not
  // signed by this device as a key of this kind.
  [[nodiscard]] static Result<SignedOneTimeKey> parse(ByteView bytes, const DeviceRecord& record);

  [[nodiscard]] const Public& key() const noexcept { return key_; }
  [[nodiscard]] std::span<const std::uint8_t, kSize> bytes() const noexcept { return bytes_; }

 private:
  SignedOneTimeKey(ByteView bytes, const Public& key) : key_{key} {
    std::ranges::copy(bytes, bytes_.begin());
  }

  ByteArray<kSize> bytes_;
  Public key_;
};

using OneTimeKeyEntry = SignedOneTimeKey<OneTimeKey>;
using PqOneTimeKeyEntry = SignedOneTimeKey<PqOneTimeKey>;

extern template class SignedOneTimeKey<OneTimeKey>;
extern template class SignedOneTimeKey<PqOneTimeKey>;

}  // namespace bisik::crypto
