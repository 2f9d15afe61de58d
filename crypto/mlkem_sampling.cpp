#include "crypto/mlkem_sampling.hpp"

#include "crypto/keccak.hpp"

namespace bisik::crypto::mlkem {

NttPolynomial sample_ntt(Seed32 rho, std::uint8_t i, std::uint8_t j) noexcept {
  Shake128 xof;
  xof.absorb(rho).absorb(ByteArray<2>{j, i});
  // Three blocks are enough four times in five; a block is a whole number of candidates.
  ByteArray<3 * kShake128Rate> stream;
  MutableBytes block{stream};
  std::array<Coefficient, n + 1> accepted;  // the last place takes what comes after enough
  std::size_t count = 0;
  while (count < n) {
    xof.squeeze(block);
    for (std::size_t at = 0; at < block.size() && count < n; at += 3) {
      const auto d1 = static_cast<Coefficient>(block[at] | (block[at + 1] & 15) << 8);
      const auto d2 = static_cast<Coefficient>(block[at + 1] >> 4 | block[at + 2] << 4);
      accepted[count] = d1;
      count += d1 < q ? 1 : 0;
      accepted[count] = d2;
      count += d2 < q ? 1 : 0;
    }
    block = block.first(kShake128Rate);
  }
  NttPolynomial a_hat;
  for (std::size_t at = 0; at < n; ++at) a_hat[at] = accepted[at];
  return a_hat;
}

Polynomial sample_poly_cbd(Seed32 seed, std::uint8_t nonce) noexcept {
  ByteArray<64 * 2> bytes;
  Shake256 prf;
  prf.absorb(seed).absorb(ByteArray<1>{nonce}).squeeze(bytes);
  Polynomial f;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    // Each of the four fields is the sum of two neighbouring bits: x, y, x, y.
    const int sums = (bytes[at] & 0x55) + ((bytes[at] >> 1) & 0x55);
    f[2 * at] = static_cast<Coefficient>((sums & 3) - ((sums >> 2) & 3));
    f[2 * at + 1] = static_cast<Coefficient>(((sums >> 4) & 3) - (sums >> 6));
  }
  sodium_memzero(bytes.data(), bytes.size());
  return f;
}

}  // namespace bisik::crypto::mlkem
