// Who may write into a queue: keys that an account derives, one for each queue, from one secret.
//
// Contacts get the secret inside sessions. A new secret shuts out everybody who has the old one,
// once the relay has the hashes of the new write keys.
#pragma once

#include "crypto/capability.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

// The relay's name for a queue: random, and all that the relay knows about it.
struct QueueId {
  static constexpr std::size_t kSize = 32;
  ByteArray<kSize> bytes;

  [[nodiscard]] static QueueId random();
  [[nodiscard]] static Result<QueueId> parse(ByteView encoded);  // malformed unless 32 bytes

  friend bool operator==(const QueueId&, const QueueId&) = default;
  friend auto operator<=>(const QueueId&, const QueueId&) = default;
};

// HKDF(queue id, secret, label, 32), docs/protocol.md 8. The secret travels in messages like any
// capability, so it is one.
[[nodiscard]] Capability write_key(const Capability& account_write_secret, const QueueId& queue);

}  // namespace bisik::crypto
