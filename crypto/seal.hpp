// The seal around first messages: the relay does not see who starts a conversation
// (docs/protocol.md 5.4).
//
//     k | commit = HKDF(SHA-256(label | 0x00 | E | kct | SEAL_B), DH(E, SEAL_B) | kss, label, 64)
//     cell = E 32 | kct 1088 | commit 32
//            | ChaCha20-Poly1305(k, nonce 0, handshake fields 1381 | ratchet message; AD all
//            before)
//
// Every message is sealed afresh. Anyone can make such a cell for anyone: opening one proves
// nothing about who wrote it, only the handshake inside does.
#pragma once

#include "crypto/handshake_fields.hpp"

namespace bisik::crypto {

struct FirstMessage {
  HandshakeFields handshake;
  Bytes ratchet_message;
};

// What a sealed first message is longer than the ratchet message in it.
inline constexpr std::size_t kFirstMessageOverhead =
    DhPublicKey::kSize + KemCiphertext::kSize + 32 + HandshakeFields::kSize + 16;

// theirs.dh is contributory (crypto/dh.hpp); its first use checked that.
[[nodiscard]] Bytes seal_first_message(const SealKey::Public& theirs,
                                       const HandshakeFields& handshake, ByteView ratchet_message);

// With one of our kept SEAL keys. authentication_failed: not sealed to this one. malformed,
// non_canonical_key, non_contributory_key: no honest peer writes this.
[[nodiscard]] Result<FirstMessage> open_first_message(const SealKey& ours, ByteView cell);

}  // namespace bisik::crypto
