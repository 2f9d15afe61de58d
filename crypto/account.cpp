#include "crypto/account.hpp"

#include "crypto/hash.hpp"

namespace bisik::crypto {

AccountId AccountId::of(const VerifyKey& account_key) {
  return {LabelledHash{label::kAccountId}.update(account_key.bytes).finish()};
}

Result<AccountId> AccountId::parse(ByteView encoded) {
  if (encoded.size() != kSize) return Errc::malformed;
  AccountId id;
  std::ranges::copy(encoded, id.bytes.begin());
  return id;
}

Result<AccountKey> AccountKey::read(SecretReader& in) {
  const auto seed = in.take_secret<SigningSeed>();
  if (in.failed()) return Errc::malformed;
  return AccountKey{SigningKeyPair::from(seed)};
}

}  // namespace bisik::crypto
