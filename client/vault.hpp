// The vault: a profile's rows on the disk, every one sealed. storage/ sees kinds, ids and bytes.
//
//     id    = keyed BLAKE2b-256(kind || group) || order u64        the group stays hidden
//     value = XChaCha20-Poly1305(key of the kind, random nonce, row; AD kind || id)
//
// so a row opens only where it was written. Writes are staged, which makes them visible to reads at
// once, and become durable together with commit(). One thread.
//
// Throws Problem where a row or header was altered (nothing is overwritten then), or the secret is
// the wrong one; storage::StorageError where the disk or the database fails.
#pragma once

#include <map>
#include <memory>

#include "client/profile.hpp"
#include "client/vault_key.hpp"
#include "storage/client_store.hpp"

namespace bisik::client {

class Vault final : public RowSource {
 public:
  Vault(std::unique_ptr<storage::ClientStore> store, crypto::Locked<VaultKeys> keys,
        VaultMethod method);

  [[nodiscard]] std::optional<crypto::SecretBuffer> get(RowKind, const RowId&) const override;
  [[nodiscard]] std::vector<crypto::SecretBuffer> all(RowKind) const override;
  [[nodiscard]] std::vector<StoredRow> range(RowKind, crypto::ByteView group, Range) const override;

  void stage(const std::vector<RowWrite>& rows);
  // All staged rows or, when it throws, none of them; nothing is staged afterwards.
  void commit();

  // For a clean end: nothing deleted is left in the log.
  void truncate_log() { store_->truncate_wal(); }
  [[nodiscard]] VaultMethod method() const noexcept { return method_; }
  [[nodiscard]] bool keys_locked_in_memory() const noexcept { return keys_.locked(); }

 private:
  using Id = crypto::Bytes;  // as on the disk
  using Sealed = crypto::Bytes;
  using Run = std::map<Id, Sealed>;

  [[nodiscard]] crypto::Hash group_id(RowKind, crypto::ByteView group) const;
  [[nodiscard]] Id id_of(RowKind, const RowId&) const;
  [[nodiscard]] Sealed seal(RowKind, const Id&, const crypto::SecretBuffer&) const;
  [[nodiscard]] crypto::SecretBuffer open(RowKind, const Id&, const Sealed&) const;
  [[nodiscard]] Run read(const storage::Scan& scan) const;

  std::unique_ptr<storage::ClientStore> store_;
  crypto::Locked<VaultKeys> keys_;
  VaultMethod method_;
  std::map<std::pair<RowKind, Id>, std::optional<Sealed>> staged_;  // none: erased
};

// A vault whose key is not known yet.
class ClosedVault {
 public:
  explicit ClosedVault(const Profile& profile);

  // Nothing: the database is new.
  [[nodiscard]] std::optional<VaultMethod> method() const;
  // The first fault of the database, or nothing. Reads all of it.
  [[nodiscard]] std::optional<std::string> integrity_check() { return store_->integrity_check(); }

  [[nodiscard]] std::unique_ptr<Vault> open(const VaultSecret& secret) &&;
  // The header is on the disk when this returns.
  [[nodiscard]] std::unique_ptr<Vault> create(const VaultSecret& secret,
                                              crypto::PasswordCost cost = crypto::kPasswordCost) &&;

 private:
  std::unique_ptr<storage::ClientStore> store_;
  std::optional<VaultHeader> header_;
};

}  // namespace bisik::client
