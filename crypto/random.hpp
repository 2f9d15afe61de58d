// Random numbers that are not keys, from libsodium's generator (which tests replace).
#pragma once

#include <sodium.h>

#include "crypto/bytes.hpp"

namespace bisik::crypto {

template <std::size_t N>
[[nodiscard]] ByteArray<N> random_array() {
  ByteArray<N> out;
  randombytes_buf(out.data(), N);
  return out;
}

// Evenly spread over 0 ... bound - 1. A bound of 0 or 1 gives 0.
[[nodiscard]] inline std::uint32_t random_below(std::uint32_t bound) {
  return randombytes_uniform(bound);
}

}  // namespace bisik::crypto
