#include "crypto/successor.hpp"

#include <cassert>

namespace bisik::crypto {

ByteArray<SuccessorClaim::kSize> SuccessorClaim::encode() const {
  Encoder out{kSize};
  out.append(old_key.bytes).append(new_key.bytes).append_time(created);
  ByteArray<kSize> encoded;
  std::ranges::copy(out.bytes(), encoded.begin());
  return encoded;
}

Signature SuccessorClaim::sign_as_old(const AccountKey& account) const {
  assert(account.verify_key() == old_key);
  return account.sign(label::kSuccessorByOld, encode());
}

Signature SuccessorClaim::sign_as_new(const AccountKey& account) const {
  assert(account.verify_key() == new_key);
  return account.sign(label::kSuccessorByNew, encode());
}

Result<void> SuccessorClaim::verify_by_old(const Signature& signature) const {
  return old_key.verify(label::kSuccessorByOld, encode(), signature);
}

Result<void> SuccessorClaim::verify_by_new(const Signature& signature) const {
  return new_key.verify(label::kSuccessorByNew, encode(), signature);
}

Result<SuccessorStatement> SuccessorStatement::assemble(const SuccessorClaim& claim,
                                                        const Signature& by_old,
                                                        const Signature& by_new) {
  Encoder out{kSize};
  out.append(claim.encode()).append(by_old).append(by_new);
  return parse(out.bytes());
}

Result<SuccessorStatement> SuccessorStatement::parse(ByteView bytes) {
  if (bytes.size() != kSize) return Errc::malformed;
  SuccessorStatement statement;
  std::ranges::copy(bytes, statement.bytes_.begin());
  auto& claim = statement.claim_;

  Decoder in{bytes};
  claim.old_key = {in.take_array<VerifyKey::kSize>()};
  claim.new_key = {in.take_array<VerifyKey::kSize>()};
  claim.created = in.take_time();
  const auto by_old = in.take_array<sizeof(Signature)>();
  const auto by_new = in.take_array<sizeof(Signature)>();
  if (!in.finish() || claim.old_key == claim.new_key) return Errc::malformed;

  if (auto ok = claim.verify_by_old(by_old); !ok) return ok.error();
  if (auto ok = claim.verify_by_new(by_new); !ok) return ok.error();
  return statement;
}

}  // namespace bisik::crypto
