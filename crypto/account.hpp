// The account: one Ed25519 key (AK) that is the person. Whoever holds it decides which devices
// speak for the account; its hash is the account's name everywhere.
#pragma once

#include "crypto/secret_buffer.hpp"
#include "crypto/sign.hpp"

namespace bisik::crypto {

// SHA-256(label || 0x00 || AK), docs/protocol.md 2.2.
struct AccountId {
  static constexpr std::size_t kSize = 32;
  ByteArray<kSize> bytes;

  [[nodiscard]] static AccountId of(const VerifyKey& account_key);
  [[nodiscard]] static Result<AccountId> parse(ByteView encoded);  // malformed unless 32 bytes

  friend bool operator==(const AccountId&, const AccountId&) = default;
  friend auto operator<=>(const AccountId&, const AccountId&) = default;
};

// Lives on the primary device and in the backup, nowhere else.
class AccountKey {
 public:
  [[nodiscard]] static AccountKey generate() { return AccountKey{SigningKeyPair::generate()}; }

  [[nodiscard]] Signature sign(Label label, ByteView canonical) const {
    return pair_.sign(label, canonical);
  }
  [[nodiscard]] const VerifyKey& verify_key() const noexcept { return pair_.verify_key(); }
  [[nodiscard]] AccountId id() const { return AccountId::of(verify_key()); }

  void write(SecretBuffer& out) const { out.append(pair_.seed()); }
  [[nodiscard]] static Result<AccountKey> read(SecretReader& in);  // malformed: too short

 private:
  explicit AccountKey(SigningKeyPair pair) : pair_{std::move(pair)} {}

  SigningKeyPair pair_;  // AK
};

}  // namespace bisik::crypto
