// The first bytes of a connection, docs/protocol.md 3.2:
//
//     pattern u8 (1 XK, 2 NK) | MAC 16 | Noise message 1
//
// The MAC is keyed BLAKE2b over pattern and Noise message, under a key that everybody can derive
// who knows the relay's public key, so that a stranger who does not know the address costs the
// relay no DH and no allocation.
#pragma once

#include <optional>

#include "crypto/dh.hpp"
#include "crypto/mac.hpp"
#include "proto/limits.hpp"

namespace bisik::proto {

using crypto::Bytes;
using crypto::ByteView;

enum class Pattern : std::uint8_t { xk = 1, nk = 2 };

class OpeningMac {
 public:
  explicit OpeningMac(const crypto::DhPublicKey& relay_key);

  [[nodiscard]] Bytes wrap(Pattern pattern, ByteView noise_message) const;

  // Nothing unless the size, the pattern and the MAC are right.
  [[nodiscard]] std::optional<Pattern> check(ByteView opening) const;

  // Of an opening that was checked.
  [[nodiscard]] static ByteView noise_message(ByteView opening) noexcept {
    return opening.subspan(1 + kOpeningMacBytes);
  }

 private:
  crypto::MacKey key_;
};

}  // namespace bisik::proto
