#include "crypto/mlkem_encoding.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace bisik::crypto::mlkem {
namespace {

// A group of values that fills whole bytes is put together in a word, then copied as it lies.
static_assert(std::endian::native == std::endian::little);
template <std::size_t d>
constexpr std::size_t kGroup = d == 1 ? 8 : 4;
template <std::size_t d>
constexpr std::size_t kGroupBytes = kGroup<d>* d >> 3;

// The loops over a group are folds: not every compiler unrolls loops at -O2.
template <std::size_t d, class ValueAt>
void pack(std::uint8_t* out, ValueAt value_at) {
  for (std::size_t first = 0; first < n; first += kGroup<d>, out += kGroupBytes<d>) {
    const auto word = [&]<std::size_t... i>(std::index_sequence<i...>) {
      return (... | (static_cast<std::uint64_t>(value_at(first + i)) << (d * i)));
    }
    (std::make_index_sequence<kGroup<d>>{});
    std::memcpy(out, &word, kGroupBytes<d>);
  }
}

template <std::size_t d, class SetValue>
void unpack(const std::uint8_t* bytes, SetValue set_value) {
  for (std::size_t first = 0; first < n; first += kGroup<d>, bytes += kGroupBytes<d>) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, kGroupBytes<d>);
    [&]<std::size_t... i>(std::index_sequence<i...>) {
      (set_value(first + i, static_cast<std::uint32_t>(word >> (d * i)) & ((1U << d) - 1)), ...);
    }
    (std::make_index_sequence<kGroup<d>>{});
  }
}

}  // namespace

void byte_encode(NttPolynomial f_hat, Encoded<12> out) noexcept {
  make_canonical(f_hat);
  pack<12>(out.data(), [&](std::size_t i) { return f_hat[i]; });
}

NttPolynomial byte_decode(EncodedView<12> bytes) noexcept {
  NttPolynomial f_hat;
  unpack<12>(bytes.data(), [&](std::size_t i, std::uint32_t value) {
    f_hat[i] = static_cast<Coefficient>(value);
  });
  return f_hat;
}

bool is_canonical(std::span<const std::uint8_t> bytes) noexcept {
  bool canonical = true;
  for (; bytes.size() >= kEncodedSize<12>; bytes = bytes.subspan(kEncodedSize<12>)) {
    unpack<12>(bytes.data(), [&](std::size_t, std::uint32_t value) { canonical &= value < q; });
  }
  return canonical;
}

template <std::size_t d>
void compress_encode(Polynomial f, Encoded<d> out) noexcept {
  make_canonical(f);
  pack<d>(out.data(), [&](std::size_t i) { return compress<d>(f[i]); });
}

template <std::size_t d>
Polynomial decode_decompress(EncodedView<d> bytes) noexcept {
  Polynomial f;
  unpack<d>(bytes.data(), [&](std::size_t i, std::uint32_t value) {
    f[i] = decompress<d>(hidden(value));  // or one bit of a message becomes a branch
  });
  return f;
}

template void compress_encode<1>(Polynomial, Encoded<1>) noexcept;
template void compress_encode<4>(Polynomial, Encoded<4>) noexcept;
template void compress_encode<10>(Polynomial, Encoded<10>) noexcept;
template Polynomial decode_decompress<1>(EncodedView<1>) noexcept;
template Polynomial decode_decompress<4>(EncodedView<4>) noexcept;
template Polynomial decode_decompress<10>(EncodedView<10>) noexcept;

}  // namespace bisik::crypto::mlkem
