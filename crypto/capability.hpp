// A bearer capability: whoever holds these 32 random bytes may use what they name (a queue's write
// key, its read key, an invite). Peers get them in messages, the relay keeps only their SHA-256.
// Unlike a Secret it may be copied and put into a protobuf; like one it is wiped and never logged.
#pragma once

#include "crypto/error.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

class Capability {
 public:
  static constexpr std::size_t kSize = 32;
  using Hash = ByteArray<32>;

  [[nodiscard]] static Capability random();
  [[nodiscard]] static Result<Capability> parse(ByteView bytes);  // malformed unless 32 bytes

  Capability(const Capability&) = default;
  Capability& operator=(const Capability&) = default;
  ~Capability() { sodium_memzero(bytes_.data(), bytes_.size()); }

  [[nodiscard]] std::span<const std::uint8_t, kSize> bytes() const noexcept { return bytes_; }
  [[nodiscard]] Hash hash() const;  // SHA-256: what the relay may know

  // Constant time.
  friend bool operator==(const Capability& a, const Capability& b) noexcept {
    return sodium_memcmp(a.bytes_.data(), b.bytes_.data(), kSize) == 0;
  }

 private:
  Capability() = default;
  ByteArray<kSize> bytes_;
};

}  // namespace bisik::crypto
