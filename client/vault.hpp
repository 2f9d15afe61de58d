// The vault: a profile's rows on the disk, every one sealed. storage/ sees kinds, ids and bytes.
//
//     id    = keyed BLAKE2b-256(kind || group) || order u64        the group stays hidden
//     value = XChaCha20-Poly1305(key of the kind, random nonce, row; AD kind || id)
//
// so a row opens only where it was written. Writes are staged, which makes them visible to reads at
// once, and become durable together with commit(). Kinds that hold keys have another key of the
// kind every day (client/vault_day); whoever owns the vault says when. One thread.
//
// Throws Problem where a row or header was altered (nothing is overwritten then), or the secret is
// the wrong one; storage::StorageError where the disk or the database fails.
#pragma once

#include <map>
#include <memory>

#include "client/limits.hpp"
#include "client/profile.hpp"
#include "client/vault_day.hpp"
#include "storage/client_store.hpp"

namespace bisik::client {

class Vault final : public RowSource {
 public:
  // Without a day: of a version that had none; every row opens, and the day is over.
  Vault(std::unique_ptr<storage::ClientStore> store, crypto::Locked<VaultKeys> keys,
        VaultMethod method);

  [[nodiscard]] std::optional<crypto::SecretBuffer> get(RowKind, const RowId&) const override;
  [[nodiscard]] std::vector<crypto::SecretBuffer> all(RowKind) const override;
  [[nodiscard]] std::vector<StoredRow> range(RowKind, crypto::ByteView group, Range) const override;

  void stage(const std::vector<RowWrite>& rows);
  // All staged rows or, when it throws, none of them; nothing is staged afterwards.
  void commit();

  // The rows of kDailyKinds are due for another key.
  [[nodiscard]] bool is_day_over(std::chrono::sys_seconds now) const {
    return log_holds_old_day_ || !day_ || day_->is_over(now);
  }
  // When they will be, unless the clock is set.
  [[nodiscard]] std::chrono::sys_seconds day_ends() const {
    return day_ ? day_->began + kVaultDay : std::chrono::sys_seconds{};
  }
  // Seals them anew and overwrites the old key, in one commit, then cuts the log. Nothing may be
  // staged. When it throws, the old key or the new one is on the disk, with the rows that it opens.
  void change_day(std::chrono::sys_seconds now);

  // For a clean end: nothing deleted is left in the log.
  void truncate_log() { store_->truncate_wal(); }
  [[nodiscard]] VaultMethod method() const noexcept { return method_; }
  [[nodiscard]] bool keys_locked_in_memory() const noexcept {
    return keys_.locked() && (!day_ || day_->keys.locked());
  }

 private:
  using Id = crypto::Bytes;  // as on the disk
  using Sealed = crypto::Bytes;
  using Run = std::map<Id, Sealed>;

  [[nodiscard]] crypto::Hash group_id(RowKind, crypto::ByteView group) const;
  [[nodiscard]] Id id_of(RowKind, const RowId&) const;
  [[nodiscard]] const RowKey& row_key(RowKind) const;
  [[nodiscard]] crypto::SecretBuffer open(RowKind, const Id&, const Sealed&) const;
  [[nodiscard]] Run read(const storage::Scan& scan) const;

  std::unique_ptr<storage::ClientStore> store_;
  crypto::Locked<VaultKeys> keys_;
  VaultMethod method_;
  std::optional<VaultDay> day_;
  bool log_holds_old_day_ = false;
  std::map<std::pair<RowKind, Id>, std::optional<Sealed>> staged_;  // none: erased
};

// A vault whose key is not known yet.
class ClosedVault {
 public:
  explicit ClosedVault(const Profile& profile);
  explicit ClosedVault(std::unique_ptr<storage::ClientStore> store);

  // Nothing: the database is new.
  [[nodiscard]] std::optional<VaultMethod> method() const;
  // The first fault of the database, or nothing. Reads all of it.
  [[nodiscard]] std::optional<std::string> integrity_check() { return store_->integrity_check(); }

  [[nodiscard]] std::unique_ptr<Vault> open(const VaultSecret& secret) &&;
  // The header is on the disk when this returns.
  [[nodiscard]] std::unique_ptr<Vault> create(const VaultSecret& secret,
                                              std::chrono::sys_seconds now,
                                              crypto::PasswordCost cost = crypto::kPasswordCost) &&;

 private:
  std::unique_ptr<storage::ClientStore> store_;
  std::optional<VaultHeader> header_;
};

}  // namespace bisik::client
