// ML-KEM's encodings: exact for every value, and the right bit in the right place.

#include "crypto/mlkem_encoding.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "crypto/bytes.hpp"

namespace bisik::crypto::mlkem {
namespace {

// round(2^d / q x) modulo 2^d; a half never occurs, since q is odd.
template <std::size_t d>
void every_value_compresses_exactly() {
  for (unsigned x = 0; x < unsigned{q}; ++x) {
    const auto expected = ((2 * (x << d) + q) / (2 * unsigned{q})) % (1U << d);
    ASSERT_EQ(compress<d>(static_cast<Coefficient>(x)), expected) << x;
  }
  for (unsigned y = 0; y < 1U << d; ++y) {
    const auto expected = (2 * unsigned{q} * y + (1U << d)) / (2 * (1U << d));
    ASSERT_EQ(unsigned(decompress<d>(y)), expected) << y;
    ASSERT_EQ(compress<d>(decompress<d>(y)), y);
  }
}

TEST(MlKemEncoding, EveryValueCompressesExactly) {
  every_value_compresses_exactly<1>();
  every_value_compresses_exactly<4>();
  every_value_compresses_exactly<10>();
}

template <std::size_t N>
ByteArray<N> random_bytes() {
  std::mt19937 random{203};
  ByteArray<N> bytes;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

template <std::size_t d>
void compressed_bytes_survive() {
  const auto bytes = random_bytes<kEncodedSize<d>>();
  ByteArray<kEncodedSize<d>> again;
  compress_encode<d>(decode_decompress<d>(bytes), again);
  EXPECT_EQ(again, bytes) << d;
}

TEST(MlKemEncoding, CompressedBytesSurviveARoundTrip) {
  compressed_bytes_survive<1>();
  compressed_bytes_survive<4>();
  compressed_bytes_survive<10>();
}

// ByteEncode_d puts bit i of the sequence into bit i mod 8 of byte i / 8, the lowest first.
TEST(MlKemEncoding, EncodingIsLittleEndianByBits) {
  const auto bytes = random_bytes<kEncodedSize<12>>();
  const auto f_hat = byte_decode(bytes);
  for (std::size_t i = 0; i < n; ++i) {
    int expected = 0;
    for (std::size_t bit = 0; bit < 12; ++bit) {
      expected |= (bytes[(12 * i + bit) / 8] >> ((12 * i + bit) % 8) & 1) << bit;
    }
    ASSERT_EQ(f_hat[i], expected) << i;
  }
}

TEST(MlKemEncoding, EncodedCoefficientsAreCanonical) {
  NttPolynomial f_hat;
  std::iota(f_hat.values.begin(), f_hat.values.end(), Coefficient{-128});
  ByteArray<kEncodedSize<12>> bytes;
  byte_encode(f_hat, bytes);
  const auto decoded = byte_decode(bytes);
  EXPECT_TRUE(is_canonical(bytes));
  for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(decoded[i], (f_hat[i] + q) % q);
}

TEST(MlKemEncoding, OneCoefficientOfQIsSeenWhereverItIs) {
  for (std::size_t i = 0; i < n; ++i) {
    NttPolynomial f_hat;
    f_hat.values.fill(0);
    ByteArray<2 * kEncodedSize<12>> bytes{};
    ASSERT_TRUE(is_canonical(bytes));
    const auto at = kEncodedSize<12> + 12 * i / 8;
    const auto value = i % 2 == 0 ? unsigned{q} : unsigned{q} << 4;
    bytes[at] = static_cast<std::uint8_t>(value);
    bytes[at + 1] = static_cast<std::uint8_t>(value >> 8);
    EXPECT_FALSE(is_canonical(bytes)) << i;
  }
}

}  // namespace
}  // namespace bisik::crypto::mlkem
