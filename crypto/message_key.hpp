// The body of a ratchet message: padded content under its message key (docs/protocol.md 6.4).
//
//     key | commit = BLAKE2b-512(key MK, salt, personal, AD | sealed header | tag of the KEM part)
//     body = salt 16 | commit 32 | ChaCha20-Poly1305(key, nonce 0, padded content, AD | all before)
//
// The commitment makes a body open under one key only. The random salt gives even a copied state
// another (key, nonce) pair for every message that it seals (invariant I4).
#pragma once

#include "crypto/aead.hpp"
#include "crypto/chain.hpp"

namespace bisik::crypto {

using BodySalt = ByteArray<16>;

inline constexpr std::size_t kCommitBytes = 32;
// One byte of padding is the least that ISO 7816-4 adds.
inline constexpr std::size_t kBodyOverhead =
    std::tuple_size_v<BodySalt> + kCommitBytes + kTagBytes + 1;

// What a body is bound to besides its key.
struct BodyContext {
  ByteView associated;  // AD of this direction
  ByteView header;      // sealed
  ByteView kem_part;    // sealed; empty in a chain that carries none
};

// Fills `out`, which is at least content.size() + kBodyOverhead long; the padding takes the rest.
void seal_body(MessageKey&& consumed, const BodyContext& context, const BodySalt& salt,
               ByteView content, MutableBytes out);

// The content without its padding. authentication_failed: commitment or tag do not fit.
// malformed: too short, or its padding is none.
[[nodiscard]] Result<Bytes> open_body(const MessageKey& key, const BodyContext& context,
                                      ByteView body);

}  // namespace bisik::crypto
