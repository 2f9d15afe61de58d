#include "crypto/dh.hpp"

#include <cassert>

#include "crypto/declassify.hpp"

namespace bisik::crypto {
namespace {

// p = 2^255 - 19, little-endian. Public keys are public: a plain comparison is enough.
bool is_canonical(const ByteArray<32>& u) {
  if ((u[31] & 0x80U) != 0) return false;
  if (u[31] != 0x7f) return true;
  if (!std::ranges::all_of(u.begin() + 1, u.begin() + 31, [](auto b) { return b == 0xff; })) {
    return true;
  }
  return u[0] < 0xed;
}

}  // namespace

Result<DhPublicKey> DhPublicKey::parse(ByteView encoded) {
  DhPublicKey key;
  if (encoded.size() != kSize) return Errc::malformed;
  std::ranges::copy(encoded, key.bytes.begin());
  if (!is_canonical(key.bytes)) return Errc::non_canonical_key;
  return key;
}

DhKeyPair DhKeyPair::from(DhSecretKey secret_key) {
  DhPublicKey public_key;
  const int status = crypto_scalarmult_base(public_key.bytes.data(), secret_key.expose().data());
  assert(status == 0);
  static_cast<void>(status);
  declassify(public_key.bytes);
  return {std::move(secret_key), public_key};
}

Result<SharedSecret> agree(const DhSecretKey& ours, const DhPublicKey& theirs) {
  int status = -1;
  auto shared = SharedSecret::fill([&](auto out) {
    status = crypto_scalarmult(out.data(), ours.expose().data(), theirs.bytes.data());
  });
  declassify(status);  // says something about `theirs` alone
  if (status != 0) return Errc::non_contributory_key;
  return shared;
}

bool is_contributory(const DhPublicKey& theirs) {
  return agree(DhSecretKey::random(), theirs).has_value();
}

}  // namespace bisik::crypto
