// Polynomials as bytes, and with fewer bits than they have (FIPS 203, 4.2.1): ByteEncode_d(f) is n
// values of d bits, the lowest bit first. Encoding takes any coefficients; decoding leaves
// 0 <= f < 2^12. Time depends on values only where a function says so. Nothing can fail.
#pragma once

#include <span>

#include "crypto/mlkem_ring.hpp"

namespace bisik::crypto::mlkem {

template <std::size_t d>
inline constexpr std::size_t kEncodedSize = n* d >> 3;
template <std::size_t d>
using Encoded = std::span<std::uint8_t, kEncodedSize<d>>;
template <std::size_t d>
using EncodedView = std::span<const std::uint8_t, kEncodedSize<d>>;

// ByteEncode_12 and ByteDecode_12. Decoding does not reduce; canonical says whether that matters.
void byte_encode(NttPolynomial f_hat, Encoded<12> out) noexcept;
[[nodiscard]] NttPolynomial byte_decode(EncodedView<12> bytes) noexcept;
// Section 7.2's modulus check: whether bytes of an encoded vector decode to values below q alone.
// For public keys: how long it takes depends on them.
[[nodiscard]] bool is_canonical(std::span<const std::uint8_t> bytes) noexcept;

// Compress_d(x) = round(2^d / q x) modulo 2^d, for 0 <= x < q, and
// Decompress_d(y) = round(q / 2^d y).
template <std::size_t d>
[[nodiscard]] constexpr std::uint32_t compress(Coefficient x) noexcept {
  // 1290168 is 2^32 / q rounded up: exact for every x, as the test tries.
  const auto scaled = (static_cast<std::uint64_t>(x) << d) + (q >> 1);
  return static_cast<std::uint32_t>((scaled * 1290168) >> 32) & ((1U << d) - 1);
}
template <std::size_t d>
[[nodiscard]] constexpr Coefficient decompress(std::uint32_t y) noexcept {
  return static_cast<Coefficient>((y * std::uint32_t{q} + (1U << (d - 1))) >> d);
}

// ByteEncode_d(Compress_d(f)) and Decompress_d(ByteDecode_d(bytes)), d = 1, 4 or 10.
template <std::size_t d>
void compress_encode(Polynomial f, Encoded<d> out) noexcept;
template <std::size_t d>
[[nodiscard]] Polynomial decode_decompress(EncodedView<d> bytes) noexcept;

}  // namespace bisik::crypto::mlkem
