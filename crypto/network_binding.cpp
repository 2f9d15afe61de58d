#include "crypto/network_binding.hpp"

namespace bisik::crypto {
namespace {

Bytes canonical(const NetworkBinding& binding) {
  Encoder out{1 + 32 + 4 + 32 + 32};
  out.append_int(static_cast<std::uint8_t>(binding.change)).append(binding.network_key.bytes);
  out.append_int(binding.device).append(binding.relay_key.bytes).append(binding.handshake);
  return std::move(out).bytes();
}

Bytes canonical(const ListPublication& publication) {
  Encoder out{32 + 32 + 32};
  out.append(publication.list).append(publication.relay_key.bytes).append(publication.handshake);
  return std::move(out).bytes();
}

}  // namespace

Signature NetworkBinding::sign(const AccountKey& account) const {
  return account.sign(label::kNetworkKey, canonical(*this));
}

Result<void> NetworkBinding::verify(const VerifyKey& account_key,
                                    const Signature& signature) const {
  return account_key.verify(label::kNetworkKey, canonical(*this), signature);
}

Signature ListPublication::sign(const AccountKey& account) const {
  return account.sign(label::kListPublication, canonical(*this));
}

Result<void> ListPublication::verify(const VerifyKey& account_key,
                                     const Signature& signature) const {
  return account_key.verify(label::kListPublication, canonical(*this), signature);
}

}  // namespace bisik::crypto
