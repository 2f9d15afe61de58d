#include "crypto/keccak.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <type_traits>

namespace bisik::crypto {
namespace {

using Lane = std::uint64_t;
using State = std::array<Lane, 25>;  // A[x, y] is lane x + 5y

// Bytes are copied in and out of the lanes as they lie in memory.
static_assert(std::endian::native == std::endian::little);

constexpr std::size_t mod5(std::size_t value) {
  while (value >= 5) value -= 5;
  return value;
}

// FIPS 202, 3.2.2: the offset of each lane is a triangular number, walking (x, y) -> (y, 2x + 3y).
constexpr auto kRotations = [] {
  std::array<int, 25> rotations{};
  std::size_t x = 1;
  std::size_t y = 0;
  int triangular = 0;
  for (int t = 0; t < 24; ++t) {
    triangular += t + 1;
    rotations[x + 5 * y] = triangular & 63;
    const auto next = mod5(2 * x + 3 * y);
    x = y;
    y = next;
  }
  return rotations;
}();

// FIPS 202, 3.2.3: lane (x, y) after pi is lane (x + 3y, x) before it.
constexpr std::size_t before_pi(std::size_t x, std::size_t y) { return mod5(x + 3 * y) + 5 * x; }

// FIPS 202, 3.2.5: bit 2^j - 1 of round constant ir is rc(j + 7 ir), a linear feedback register.
constexpr auto kRoundConstants = [] {
  std::array<Lane, 24> constants{};
  unsigned lfsr = 1;
  for (auto& constant : constants) {
    for (int j = 0; j < 7; ++j) {
      if ((lfsr & 1) != 0) constant |= Lane{1} << ((1 << j) - 1);
      lfsr = (lfsr << 1) ^ ((lfsr >> 7) * 0x171);
    }
  }
  return constants;
}();

// rho, pi and chi for the lanes of one y. `parity` is theta's D.
template <std::size_t y>
[[gnu::always_inline]] inline void plane(const State& in, const std::array<Lane, 5>& parity,
                                         State& out) {
  const auto lane = [&]<std::size_t x>(std::integral_constant<std::size_t, x>) {
    constexpr auto from = before_pi(x, y);
    return std::rotl(in[from] ^ parity[mod5(x + 3 * y)], kRotations[from]);
  };
  const Lane b0 = lane(std::integral_constant<std::size_t, 0>{});
  const Lane b1 = lane(std::integral_constant<std::size_t, 1>{});
  const Lane b2 = lane(std::integral_constant<std::size_t, 2>{});
  const Lane b3 = lane(std::integral_constant<std::size_t, 3>{});
  const Lane b4 = lane(std::integral_constant<std::size_t, 4>{});
  out[5 * y + 0] = b0 ^ (~b1 & b2);
  out[5 * y + 1] = b1 ^ (~b2 & b3);
  out[5 * y + 2] = b2 ^ (~b3 & b4);
  out[5 * y + 3] = b3 ^ (~b4 & b0);
  out[5 * y + 4] = b4 ^ (~b0 & b1);
}

// One plane after the other, each unrolled by hand: loops over all lanes cost g++ a fifth at -O2.
[[gnu::always_inline]] inline void round(const State& in, State& out, Lane constant) {
  std::array<Lane, 5> column;
  for (std::size_t x = 0; x < 5; ++x) {
    column[x] = in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20];
  }
  const std::array<Lane, 5> parity{
      column[4] ^ std::rotl(column[1], 1), column[0] ^ std::rotl(column[2], 1),
      column[1] ^ std::rotl(column[3], 1), column[2] ^ std::rotl(column[4], 1),
      column[3] ^ std::rotl(column[0], 1)};
  plane<0>(in, parity, out);
  plane<1>(in, parity, out);
  plane<2>(in, parity, out);
  plane<3>(in, parity, out);
  plane<4>(in, parity, out);
  out[0] ^= constant;
}

// KECCAK-p[1600, 24]
void permute(State& state) {
  State odd;
  for (std::size_t r = 0; r < kRoundConstants.size(); r += 2) {
    round(state, odd, kRoundConstants[r]);
    round(odd, state, kRoundConstants[r + 1]);
  }
  sodium_memzero(odd.data(), sizeof odd);
}

std::uint8_t* bytes_of(State& state) { return reinterpret_cast<std::uint8_t*>(state.data()); }

}  // namespace

Sponge::~Sponge() { sodium_memzero(state_.data(), sizeof state_); }

Sponge& Sponge::absorb(ByteView part) noexcept {
  assert(!squeezing_);
  while (!part.empty()) {
    if (position_ == rate_) {
      permute(state_);
      position_ = 0;
    }
    const auto count = std::min(part.size(), rate_ - position_);
    auto* const at = bytes_of(state_) + position_;
    for (std::size_t i = 0; i < count; ++i) at[i] = static_cast<std::uint8_t>(at[i] ^ part[i]);
    position_ += count;
    part = part.subspan(count);
  }
  return *this;
}

void Sponge::pad() noexcept {
  if (position_ == rate_) {
    permute(state_);
    position_ = 0;
  }
  bytes_of(state_)[position_] ^= static_cast<std::uint8_t>(domain_);
  bytes_of(state_)[rate_ - 1] ^= 0x80;
  position_ = rate_;
  squeezing_ = true;
}

void Sponge::squeeze(MutableBytes out) noexcept {
  if (!squeezing_) pad();
  while (!out.empty()) {
    if (position_ == rate_) {
      permute(state_);
      position_ = 0;
    }
    const auto count = std::min(out.size(), rate_ - position_);
    std::memcpy(out.data(), bytes_of(state_) + position_, count);
    position_ += count;
    out = out.subspan(count);
  }
}

}  // namespace bisik::crypto
