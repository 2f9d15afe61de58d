// A secret that exists in exactly one place.
//
// Moving wipes the source; destruction wipes the bytes. It cannot be copied, compared with ==,
// printed, or left uninitialised, so it cannot leak by accident. `Tag` gives every role its own
// type: a ChainKey does not convert to a MessageKey, even though both are 32 bytes.
#pragma once

#include <sodium.h>

#include <algorithm>
#include <concepts>
#include <utility>

#include "crypto/bytes.hpp"

namespace bisik::crypto {

template <class Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;

  // Builds the secret in its final place: `write` fills the storage, no second copy is made.
  template <std::invocable<std::span<std::uint8_t, N>> Write>
  [[nodiscard]] static Secret fill(Write&& write) {
    Secret secret;
    std::forward<Write>(write)(std::span{secret.bytes_});
    return secret;
  }

  [[nodiscard]] static Secret random() {
    return fill([](auto out) { randombytes_buf(out.data(), out.size()); });
  }

  // A copy has to be asked for by name: where a key is kept and also used up elsewhere.
  [[nodiscard]] Secret duplicate() const {
    return fill([this](auto out) { std::ranges::copy(bytes_, out.begin()); });
  }

  Secret(Secret&& other) noexcept : bytes_{other.bytes_} { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  // The only way to the bytes. It appears in crypto/ alone; a test proves it.
  [[nodiscard]] std::span<const std::uint8_t, N> expose() const noexcept { return bytes_; }

 private:
  Secret() = default;
  void wipe() noexcept { sodium_memzero(bytes_.data(), bytes_.size()); }

  ByteArray<N> bytes_;
};

// Constant time, for the rare places that must compare two secrets.
template <class Tag, std::size_t N>
[[nodiscard]] bool equal(const Secret<Tag, N>& a, const Secret<Tag, N>& b) noexcept {
  return sodium_memcmp(a.expose().data(), b.expose().data(), N) == 0;
}

}  // namespace bisik::crypto
