// Fixed-layout encoding of things that contain secrets, in memory that is wiped.
//
// SecretBuffer is written front to back and leaves memory only sealed (crypto/aead.hpp). Integers
// are big-endian. SecretReader is its mirror: after the first read past the end every later one
// fails too, and finish() says whether all went well and nothing is left over.
#pragma once

#include <cassert>
#include <type_traits>

#include "crypto/error.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

class SecretBuffer {
 public:
  SecretBuffer() = default;
  explicit SecretBuffer(std::size_t size) : bytes_(size) {}  // zeros, to be written by crypto/
  SecretBuffer(SecretBuffer&& other) noexcept : bytes_{std::exchange(other.bytes_, {})} {}
  SecretBuffer& operator=(SecretBuffer&& other) noexcept {
    if (this != &other) {
      wipe();
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  ~SecretBuffer() { wipe(); }

  SecretBuffer& append(ByteView part);
  template <class Tag, std::size_t N>
  SecretBuffer& append(const Secret<Tag, N>& part) {
    return append(ByteView{part.expose()});
  }
  template <class Int>
  requires std::is_unsigned_v<Int> SecretBuffer& append_int(Int value) {
    ByteArray<sizeof value> big_endian;
    for (std::size_t i = 0; i < sizeof value; ++i) {
      big_endian[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof value - 1 - i)));
    }
    return append(big_endian);
  }
  // 32-bit length, then the bytes.
  SecretBuffer& append_sized(ByteView part) {
    return append_int(static_cast<std::uint32_t>(part.size())).append(part);
  }

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  // As for Secret: crypto/ alone.
  [[nodiscard]] ByteView expose() const noexcept { return bytes_; }
  [[nodiscard]] MutableBytes expose_mutable() noexcept { return bytes_; }

 private:
  void wipe() noexcept { sodium_memzero(bytes_.data(), bytes_.size()); }

  Bytes bytes_;
};

class SecretReader {
 public:
  explicit SecretReader(const SecretBuffer& buffer) noexcept : rest_{buffer.expose()} {}

  // The next n bytes, or empty once anything failed. Valid as long as the buffer.
  [[nodiscard]] ByteView take(std::size_t n) noexcept;
  template <std::size_t N>
  [[nodiscard]] ByteArray<N> take_array() noexcept {
    ByteArray<N> out{};
    const auto part = take(N);
    if (part.size() == N) std::ranges::copy(part, out.begin());
    return out;
  }
  template <class S>
  [[nodiscard]] S take_secret() {
    const auto part = take(S::kSize);
    return S::fill([&](auto out) {
      if (part.size() == out.size()) {
        std::ranges::copy(part, out.begin());
      } else {
        std::ranges::fill(out, std::uint8_t{0});
      }
    });
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
  [[nodiscard]] ByteView take_sized() noexcept { return take(take_int<std::uint32_t>()); }

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }
  // True when every read succeeded and the buffer was used up exactly.
  [[nodiscard]] bool finish() const noexcept { return !failed_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool failed_ = false;
};

}  // namespace bisik::crypto
