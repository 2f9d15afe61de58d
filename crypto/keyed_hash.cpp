#include "crypto/keyed_hash.hpp"

#include <sodium.h>

namespace bisik::crypto {

Hash keyed_hash(const HashKey& key, Personal personal, ByteView head, ByteView body) {
  Hash out;
  crypto_generichash_blake2b_state state;
  crypto_generichash_blake2b_init_salt_personal(&state, key.expose().data(), HashKey::kSize,
                                                out.size(), nullptr, personal.data());
  crypto_generichash_blake2b_update(&state, head.data(), head.size());
  crypto_generichash_blake2b_update(&state, body.data(), body.size());
  crypto_generichash_blake2b_final(&state, out.data(), out.size());
  sodium_memzero(&state, sizeof state);
  return out;
}

}  // namespace bisik::crypto
