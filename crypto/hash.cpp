#include "crypto/hash.hpp"

namespace bisik::crypto {

Hash sha256(ByteView data) {
  Hash out;
  crypto_hash_sha256(out.data(), data.data(), data.size());
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
