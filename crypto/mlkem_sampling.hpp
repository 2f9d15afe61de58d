// How ML-KEM draws polynomials from seeds (FIPS 203, 4.2.2). Nothing can fail.
#pragma once

#include <span>

#include "crypto/mlkem_ring.hpp"

namespace bisik::crypto::mlkem {

using Seed32 = std::span<const std::uint8_t, 32>;

// Algorithm 7 for the entry in row i and column j of A-hat: uniform, from SHAKE128(rho || j || i).
// rho is public: how long this takes depends on it. Leaves 0 <= a < q.
[[nodiscard]] NttPolynomial sample_ntt(Seed32 rho, std::uint8_t i, std::uint8_t j) noexcept;

// Algorithm 8 with eta = 2, from PRF(seed, N) = SHAKE256(seed || N). Leaves |f| <= 2.
[[nodiscard]] Polynomial sample_poly_cbd(Seed32 seed, std::uint8_t nonce) noexcept;

}  // namespace bisik::crypto::mlkem
