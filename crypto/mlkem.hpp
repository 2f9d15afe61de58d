// ML-KEM-768 (FIPS 203, final) behind crypto/kem.hpp, which everyone else uses.
//
// The functions are the standard's "internal" ones: they take their randomness as arguments, and so
// give the same result each time. Only kem.cpp, which draws it, and the tests may call them. All
// sizes are in the types; the one thing that can be wrong with an input of the right size is told
// by the two checks of section 7. Whatever is computed from a secret is wiped.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/mlkem_encoding.hpp"
#include "crypto/mlkem_ring.hpp"
#include "crypto/mlkem_sampling.hpp"

namespace bisik::crypto::mlkem {

inline constexpr std::size_t du = 10;
inline constexpr std::size_t dv = 4;
inline constexpr std::size_t kVectorSize = k * kEncodedSize<12>;

using Seed64 = std::span<const std::uint8_t, 64>;  // d || z
using EncapsulationKey = ByteArray<kVectorSize + 32>;
using Ciphertext = ByteArray<k * kEncodedSize<du> + kEncodedSize<dv>>;
using SharedSecret = std::span<std::uint8_t, 32>;  // K, written in place

// ML-KEM.KeyGen_internal(d, z), algorithm 16: the public half.
[[nodiscard]] EncapsulationKey keygen(Seed64 seed) noexcept;

// ML-KEM.Encaps_internal(ek, m), algorithm 17. ek has passed check().
void encapsulate(const EncapsulationKey& ek, Seed32 m, Ciphertext& c, SharedSecret K) noexcept;

// ML-KEM.Decaps_internal(dk, c), algorithm 18, with the dk that the seed expands to. Never fails: a
// ciphertext that was not made for this key gives another secret, pseudo-random and always the
// same.
void decapsulate(Seed64 seed, const Ciphertext& c, SharedSecret K) noexcept;

// Section 7.2: every coefficient of ek is below q.
[[nodiscard]] bool check(const EncapsulationKey& ek) noexcept;

// The decapsulation key as FIPS 203 writes it. The project stores seeds and has no use for it;
// published vectors have. It is not wiped.
namespace expanded {

using DecapsulationKey = ByteArray<2 * kVectorSize + 96>;

[[nodiscard]] DecapsulationKey keygen(Seed64 seed) noexcept;
void decapsulate(const DecapsulationKey& dk, const Ciphertext& c, SharedSecret K) noexcept;
// Section 7.3: dk holds the hash of the ek that it holds.
[[nodiscard]] bool check(const DecapsulationKey& dk) noexcept;

}  // namespace expanded
}  // namespace bisik::crypto::mlkem
