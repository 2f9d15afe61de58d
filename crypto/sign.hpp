// Ed25519 (RFC 8032) over label || 0x00 || canonical bytes.
#pragma once

#include "crypto/error.hpp"
#include "crypto/labels.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

using Signature = ByteArray<64>;
using SigningSeed = Secret<struct SigningSeedTag, 32>;

struct VerifyKey {
  static constexpr std::size_t kSize = 32;
  ByteArray<kSize> bytes;

  // malformed unless 32 bytes. A key that is no point of the curve, of small order or encoded in
  // another way parses, and verifies nothing.
  [[nodiscard]] static Result<VerifyKey> parse(ByteView encoded);

  // bad_signature unless `signature` is by this key over exactly this label and these bytes.
  [[nodiscard]] Result<void> verify(Label label, ByteView canonical,
                                    const Signature& signature) const;

  friend bool operator==(const VerifyKey&, const VerifyKey&) = default;
  friend auto operator<=>(const VerifyKey&, const VerifyKey&) = default;
};

class SigningKeyPair {
 public:
  [[nodiscard]] static SigningKeyPair from(const SigningSeed& seed);
  [[nodiscard]] static SigningKeyPair generate() { return from(SigningSeed::random()); }

  [[nodiscard]] Signature sign(Label label, ByteView canonical) const;
  [[nodiscard]] const VerifyKey& verify_key() const noexcept { return verify_key_; }
  [[nodiscard]] SigningSeed seed() const;  // what is kept: from(seed()) is this pair

 private:
  using SecretKey = Secret<struct SigningSecretKeyTag, 64>;
  SigningKeyPair(SecretKey secret_key, const VerifyKey& verify_key)
      : secret_key_{std::move(secret_key)}, verify_key_{verify_key} {}

  SecretKey secret_key_;
  VerifyKey verify_key_;
};

// Plain Ed25519 without a label: for the published vectors only.
[[nodiscard]] bool verify_unlabelled(const VerifyKey& key, ByteView message, ByteView signature);

}  // namespace bisik::crypto
