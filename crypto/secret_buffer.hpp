// Fixed-layout encoding of things that contain secrets, in memory that is wiped.
//
// SecretBuffer is written front to back and leaves memory only sealed (crypto/aead.hpp). Integers
// are big-endian. SecretReader is its mirror: a Decoder that can also take secrets.
#pragma once

#include <cassert>
#include <limits>

#include "crypto/encoding.hpp"
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

  // `part` may be a view into this buffer.
  SecretBuffer& append(ByteView part);
  template <class Tag, std::size_t N>
  SecretBuffer& append(const Secret<Tag, N>& part) {
    return append(ByteView{part.expose()});
  }
  template <class Int>
  requires std::is_unsigned_v<Int> SecretBuffer& append_int(Int value) {
    return append(big_endian(value));
  }
  SecretBuffer& append_time(UnixTime time) { return append(Encoder{8}.append_time(time).bytes()); }
  // 32-bit length, then the bytes.
  SecretBuffer& append_sized(ByteView part) {
    assert(part.size() <= std::numeric_limits<std::uint32_t>::max());
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

// Constant time for buffers of one size.
[[nodiscard]] inline bool equal(const SecretBuffer& a, const SecretBuffer& b) noexcept {
  return a.size() == b.size() &&
         sodium_memcmp(a.expose().data(), b.expose().data(), a.size()) == 0;
}

class SecretReader : public Decoder {
 public:
  explicit SecretReader(const SecretBuffer& buffer) noexcept : Decoder{buffer.expose()} {}

  // Zeros once anything failed; finish() or failed() tells.
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
};

}  // namespace bisik::crypto
