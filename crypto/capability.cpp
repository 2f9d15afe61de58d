#include "crypto/capability.hpp"

#include "crypto/hash.hpp"

namespace bisik::crypto {

Capability Capability::random() {
  Capability capability;
  randombytes_buf(capability.bytes_.data(), kSize);
  return capability;
}

Result<Capability> Capability::parse(ByteView bytes) {
  if (bytes.size() != kSize) return Errc::malformed;
  Capability capability;
  std::ranges::copy(bytes, capability.bytes_.begin());
  return capability;
}

Capability::Hash Capability::hash() const { return sha256(bytes_); }

}  // namespace bisik::crypto
