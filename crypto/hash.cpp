#include "crypto/hash.hpp"

namespace bisik::crypto {

Hash sha256(ByteView data) {
  Hash out;
  crypto_hash_sha256(out.data(), data.data(), data.size());
  return out;
}

Hash sha256(ByteView head, ByteView body) {
  Hash out;
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, head.data(), head.size());
  crypto_hash_sha256_update(&state, body.data(), body.size());
  crypto_hash_sha256_final(&state, out.data());
  return out;
}

Hash blake2b(ByteView data) {
  Hash out;
  crypto_generichash_blake2b(out.data(), out.size(), data.data(), data.size(), nullptr, 0);
  return out;
}

LabelledHash::LabelledHash(Label label) {
  crypto_hash_sha256_init(&state_);
  update(label.bytes()).update(kLabelEnd);
}

LabelledHash& LabelledHash::update(ByteView part) {
  crypto_hash_sha256_update(&state_, part.data(), part.size());
  return *this;
}

Hash LabelledHash::finish() {
  Hash out;
  crypto_hash_sha256_final(&state_, out.data());
  return out;
}

}  // namespace bisik::crypto
