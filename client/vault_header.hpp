// What stands unsealed at the head of a profile's database: how its master key is wrapped
// (docs/protocol.md, 12.1).
//
//     version u8 | method u8 | salt 16 | passes u32 | memory KiB u32 | sealed master key 72 |
//     SHA-256 32
//
// The master key is random and never changes, so that another passphrase rewrites only this. The
// last 32 bytes are over all before them: without them a damaged header would look like a wrong
// passphrase, and a person would search for the wrong thing.
#pragma once

#include "crypto/error.hpp"
#include "crypto/password.hpp"

namespace bisik::client {

enum class VaultMethod : std::uint8_t {
  key_file = 1,
  passphrase = 2,
};

struct VaultHeader {
  static constexpr std::size_t kSealedMasterBytes = 24 + 32 + 16;
  static constexpr std::size_t kSize = 1 + 1 + 16 + 4 + 4 + kSealedMasterBytes + 32;

  VaultMethod method;
  crypto::PasswordSalt salt;
  crypto::PasswordCost cost;  // zeros with a key file
  crypto::ByteArray<kSealedMasterBytes> sealed_master;

  [[nodiscard]] crypto::Bytes encode() const;
  [[nodiscard]] static crypto::Result<VaultHeader> decode(crypto::ByteView bytes);  // malformed

  // All before the sealed master key, which it is bound to.
  [[nodiscard]] crypto::Bytes associated() const;
};

}  // namespace bisik::client
