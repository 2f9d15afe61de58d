// Canonical encodings of what is not secret: fixed-width fields one after the other, integers
// big-endian, times as 64-bit seconds since 1970.
//
// Encoder is written front to back. Decoder is its mirror: after the first read past the end every
// later one fails too, and finish() says whether all went well and nothing is left over. A decoder
// views the bytes that it reads; it owns nothing.
#pragma once

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>

#include "crypto/bytes.hpp"
#include "crypto/limits.hpp"

namespace bisik::crypto {

using UnixTime = std::chrono::sys_seconds;

template <class Int>
requires std::is_unsigned_v<Int>
[[nodiscard]] constexpr ByteArray<sizeof(Int)> big_endian(Int value) noexcept {
  ByteArray<sizeof(Int)> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8 * (out.size() - 1 - i)));
  }
  return out;
}

class Encoder {
 public:
  explicit Encoder(std::size_t expected_size) { bytes_.reserve(expected_size); }

  Encoder& append(ByteView part) {
    bytes_.insert(bytes_.end(), part.begin(), part.end());
    return *this;
  }
  template <class Int>
  requires std::is_unsigned_v<Int> Encoder& append_int(Int value) {
    return append(big_endian(value));
  }
  // A clock outside [1970, 9999] is brought to the nearer end: a wrong clock stops nobody.
  Encoder& append_time(UnixTime time);

  [[nodiscard]] const Bytes& bytes() const& noexcept { return bytes_; }
  [[nodiscard]] Bytes bytes() && noexcept { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

class Decoder {
 public:
  explicit Decoder(ByteView bytes) noexcept : rest_{bytes} {}

  // The next n bytes, or empty once anything failed. Valid as long as the bytes that are read.
  [[nodiscard]] ByteView take(std::size_t n) noexcept;

  template <std::size_t N>
  [[nodiscard]] ByteArray<N> take_array() noexcept {
    ByteArray<N> out{};
    const auto part = take(N);
    if (part.size() == N) std::ranges::copy(part, out.begin());
    return out;
  }
  template <class Int>
  requires std::is_unsigned_v<Int>
  [[nodiscard]] Int take_int() noexcept {
    Int value = 0;
    for (const auto byte : take(sizeof value)) {
      value = static_cast<Int>(static_cast<Int>(value << 8U) | byte);
    }
    return value;
  }
  // As take_int; a value outside [lowest, highest] is a failure.
  template <class Int>
  [[nodiscard]] Int take_int_between(Int lowest, Int highest) noexcept {
    const auto value = take_int<Int>();
    if (value < lowest || value > highest) failed_ = true;
    return value;
  }
  [[nodiscard]] UnixTime take_time() noexcept;
  // 32-bit length, then the bytes.
  [[nodiscard]] ByteView take_sized() noexcept { return take(take_int<std::uint32_t>()); }

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }
  // True when every read succeeded and the bytes were used up exactly.
  [[nodiscard]] bool finish() const noexcept { return !failed_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool failed_ = false;
};

}  // namespace bisik::crypto
