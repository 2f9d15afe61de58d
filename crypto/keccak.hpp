// SHA-3 and SHAKE (FIPS 202), which ML-KEM is built from and libsodium 1.0.18 does not have.
//
// A Sponge absorbs, then squeezes: the first squeeze pads, and absorbing after it is a bug. What it
// holds is treated as secret and wiped. Nothing branches or indexes on the bytes, only on their
// number. Nothing can fail.
#pragma once

#include "crypto/bytes.hpp"

namespace bisik::crypto {

// KECCAK[c] with b = 1600, where c = 1600 - 8 * rate.
class Sponge {
 public:
  enum class Domain : std::uint8_t { kHash = 0x06, kXof = 0x1f };  // suffix bits and first pad bit

  Sponge(std::size_t rate_bytes, Domain domain) noexcept : rate_{rate_bytes}, domain_{domain} {}
  Sponge(const Sponge&) = delete;
  Sponge& operator=(const Sponge&) = delete;
  ~Sponge();

  Sponge& absorb(ByteView part) noexcept;
  void squeeze(MutableBytes out) noexcept;

 private:
  void pad() noexcept;

  std::array<std::uint64_t, 25> state_{};
  std::size_t position_ = 0;  // bytes of the current block that are used up
  std::size_t rate_;
  Domain domain_;
  bool squeezing_ = false;
};

inline constexpr std::size_t kShake128Rate = 168;

struct Shake128 : Sponge {
  Shake128() noexcept : Sponge{kShake128Rate, Domain::kXof} {}
};
struct Shake256 : Sponge {
  Shake256() noexcept : Sponge{136, Domain::kXof} {}
};
// A digest is the first 32 or 64 bytes squeezed.
struct Sha3_256 : Sponge {
  Sha3_256() noexcept : Sponge{136, Domain::kHash} {}
};
struct Sha3_512 : Sponge {
  Sha3_512() noexcept : Sponge{72, Domain::kHash} {}
};

}  // namespace bisik::crypto
