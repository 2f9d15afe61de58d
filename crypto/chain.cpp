#include "crypto/chain.hpp"

#include <cassert>

#include "crypto/kdf.hpp"

namespace bisik::crypto {

RootStep step(const RootKey& root, const SharedSecret& dh,
              const std::optional<KemSharedSecret>& kem) {
  SecretBuffer input_key;
  input_key.append(dh);
  if (kem) input_key.append(*kem);
  auto [next, chain, next_header] =
      derive_keys<RootKey, ChainKey, HeaderKey>(root.expose(), input_key, label::kRoot.bytes());
  return {std::move(next), std::move(chain), std::move(next_header)};
}

ChainStep step(const ChainKey& chain) {
  constexpr ByteArray<crypto_generichash_blake2b_SALTBYTES> kNoSalt{};
  const auto derived = Secret<struct ChainStepTag, 64>::fill([&](auto out) {
    const int status = crypto_generichash_blake2b_salt_personal(
        out.data(), out.size(), nullptr, 0, chain.expose().data(), chain.kSize, kNoSalt.data(),
        personal::kChain.data());
    assert(status == 0);
    static_cast<void>(status);
  });
  const auto part = [&](std::size_t offset) {
    return [bytes = derived.expose().subspan(offset, 32)](auto out) {
      std::ranges::copy(bytes, out.begin());
    };
  };
  return {ChainKey::fill(part(0)), MessageKey::fill(part(32))};
}

}  // namespace bisik::crypto
