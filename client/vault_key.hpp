// From what the person has (a key file or a passphrase) to the keys that seal rows.
//
//     wrapping key = HKDF(salt, key file or Argon2id(passphrase))   opens the header's master key
//     row key of a kind, row id key = HKDF(master key, label || kind)
//
// The kinds whose key changes every day have theirs in client/vault_day.
//
// The keys that live as long as the process lie in locked memory.
#pragma once

#include <array>
#include <filesystem>

#include "client/row.hpp"
#include "client/vault_header.hpp"
#include "crypto/keyed_hash.hpp"
#include "crypto/locked.hpp"

namespace bisik::client {

// What opens a vault: the 32 bytes of a key file, or a passphrase.
struct VaultSecret {
  VaultMethod method;
  crypto::SecretBuffer bytes;
};

inline constexpr std::size_t kKeyFileBytes = 32;

// A new random key of mode 0600, on the disk when this returns, but beside its place ("key.new"):
// settle_key_file() puts it there once the vault that it opens is on the disk too. So a key that is
// in place always has its vault, and a crash in between loses neither.
[[nodiscard]] VaultSecret create_key_file(const std::filesystem::path& path);
void settle_key_file(const std::filesystem::path& path);
// Settles first, if that is due. Problem: the file is missing, unreadable, or has not exactly
// kKeyFileBytes.
[[nodiscard]] VaultSecret read_key_file(const std::filesystem::path& path);

using RowKey = crypto::Secret<struct RowKeyTag, 32>;
using MasterKey = crypto::Secret<struct VaultMasterKeyTag, 32>;

[[nodiscard]] RowKey derive_row_key(crypto::SecretBuffer key, std::uint8_t kind);
template <class Tag>
[[nodiscard]] RowKey derive_row_key(const crypto::Secret<Tag, 32>& key, std::uint8_t kind) {
  crypto::SecretBuffer input;
  input.append(key);
  return derive_row_key(std::move(input), kind);
}

class VaultKeys {
 public:
  explicit VaultKeys(const MasterKey& master);

  [[nodiscard]] const RowKey& row(RowKind kind) const;
  [[nodiscard]] const crypto::HashKey& row_id() const noexcept { return row_id_; }

 private:
  static constexpr std::size_t kKinds = 40;  // room for kinds of later versions

  std::array<RowKey, kKinds> rows_;
  crypto::HashKey row_id_;
};

struct NewVault {
  VaultHeader header;
  crypto::Locked<VaultKeys> keys;
};
[[nodiscard]] NewVault create_vault_keys(const VaultSecret& secret, crypto::PasswordCost cost);

// wrong_password: this secret does not open this header. malformed: a cost out of bounds.
[[nodiscard]] crypto::Result<crypto::Locked<VaultKeys>> open_vault_keys(const VaultHeader& header,
                                                                        const VaultSecret& secret);

}  // namespace bisik::client
