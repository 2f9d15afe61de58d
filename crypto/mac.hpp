// A 16-byte keyed BLAKE2b (RFC 7693) that tells strangers from those who know a key.
#pragma once

#include "crypto/labels.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

using MacKey = Secret<struct MacKeyTag, 32>;
using Mac = ByteArray<16>;

// Over head || body; head must have a fixed width. Allocates nothing.
[[nodiscard]] Mac blake2b_mac(const MacKey& key, Personal personal, ByteView head, ByteView body);

// Constant time.
[[nodiscard]] bool equal(const Mac& ours, std::span<const std::uint8_t, 16> theirs) noexcept;

}  // namespace bisik::crypto
