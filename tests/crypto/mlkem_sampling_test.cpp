// ML-KEM's samplers against their definition.

#include "crypto/mlkem_sampling.hpp"

#include <gtest/gtest.h>

#include "crypto/keccak.hpp"

namespace bisik::crypto::mlkem {
namespace {

// FIPS 203, algorithm 8, word for word: sums of eta bits, less sums of eta bits.
TEST(MlKemSampling, BinomialCoefficientsAreDifferencesOfBitSums) {
  ByteArray<32> seed{};
  for (std::uint8_t nonce = 0; nonce < 8; ++nonce) {
    ByteArray<128> bytes;
    Shake256{}.absorb(seed).absorb(ByteArray<1>{nonce}).squeeze(bytes);
    const auto bit = [&](std::size_t i) { return bytes[i / 8] >> (i % 8) & 1; };
    const auto f = sample_poly_cbd(seed, nonce);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(f[i], bit(4 * i) + bit(4 * i + 1) - bit(4 * i + 2) - bit(4 * i + 3)) << i;
    }
  }
}

TEST(MlKemSampling, UniformCoefficientsAreBelowQ) {
  ByteArray<32> rho{};
  for (std::uint8_t i = 0; i < 32; ++i) {
    for (const auto value : sample_ntt(rho, i, 0).values) {
      ASSERT_GE(value, 0);
      ASSERT_LT(value, q);
    }
  }
}

}  // namespace
}  // namespace bisik::crypto::mlkem
