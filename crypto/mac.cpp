#include "crypto/mac.hpp"

#include <sodium.h>

namespace bisik::crypto {

Mac blake2b_mac(const MacKey& key, Personal personal, ByteView head, ByteView body) {
  Mac mac;
  crypto_generichash_blake2b_state state;
  crypto_generichash_blake2b_init_salt_personal(&state, key.expose().data(), MacKey::kSize,
                                                mac.size(), nullptr, personal.data());
  crypto_generichash_blake2b_update(&state, head.data(), head.size());
  crypto_generichash_blake2b_update(&state, body.data(), body.size());
  crypto_generichash_blake2b_final(&state, mac.data(), mac.size());
  sodium_memzero(&state, sizeof state);
  return mac;
}

bool equal(const Mac& ours, std::span<const std::uint8_t, 16> theirs) noexcept {
  return sodium_memcmp(ours.data(), theirs.data(), ours.size()) == 0;
}

}  // namespace bisik::crypto
