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

// Every canonical u whose point has an order that divides 8, on the curve or on its twist, and so
// becomes the neutral element with any clamped scalar: orders 2, 4 and 4, then both of order 8.
constexpr std::array<ByteArray<32>, 5> kLowOrderPoints{{
    {},
    {1},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
     0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
     0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
     0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
     0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
}};

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
  return std::ranges::find(kLowOrderPoints, theirs.bytes) == kLowOrderPoints.end();
}

}  // namespace bisik::crypto
