// The two ratchets under a session, as pure steps (docs/protocol.md 6.1).
//
//     root   RK --DH and KEM--> RK', a new chain key, the header key of the chain after it
//     chain  CK --BLAKE2b-->    CK', one message key
//
// Nothing here has state and nothing can fail. What a step consumes is its caller's to let go of.
#pragma once

#include <optional>

#include "crypto/dh.hpp"
#include "crypto/kem.hpp"

namespace bisik::crypto {

using RootKey = Secret<struct RootKeyTag, 32>;        // RK
using ChainKey = Secret<struct ChainKeyTag, 32>;      // CK
using MessageKey = Secret<struct MessageKeyTag, 32>;  // MK
using HeaderKey = Secret<struct HeaderKeyTag, 32>;    // HK

struct RootStep {
  RootKey root;
  ChainKey chain;
  HeaderKey next_header;  // NHK
};
// RK, CK, NHK = HKDF(RK, DH || ss if there is one, label, 96).
[[nodiscard]] RootStep step(const RootKey& root, const SharedSecret& dh,
                            const std::optional<KemSharedSecret>& kem);

struct ChainStep {
  ChainKey next;
  MessageKey message_key;
};
// CK || MK = BLAKE2b-512(key CK, personal). Keyed BLAKE2b because libsodium computes this PRF five
// times faster than HMAC-SHA256, and a chain takes up to kMaxSkip steps for one message.
[[nodiscard]] ChainStep step(const ChainKey& chain);

}  // namespace bisik::crypto
