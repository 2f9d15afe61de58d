// The post-quantum part of a ratchet message, between header and body (docs/protocol.md 6.3).
//
//     random nonce 24 | XChaCha20-Poly1305(header key, KEM key 1184 [ciphertext 1088])
//
// Its associated data is the sealed header. Every message of a chain repeats it, because any of
// them may be the first to arrive.
#pragma once

#include "crypto/header.hpp"

namespace bisik::crypto {

struct KemOffer {
  KemPublicKey key;                         // ours, for the peer's next chain
  std::optional<KemCiphertext> ciphertext;  // to the peer's key, once there is one

  [[nodiscard]] KemContents contents() const noexcept {
    return ciphertext ? KemContents::key_and_ciphertext : KemContents::key;
  }
};

// Sealed, on the wire; 0 for nothing.
[[nodiscard]] std::size_t kem_part_bytes(KemContents contents);

// out.size() is kem_part_bytes(offer.contents()).
void seal_kem_part(const HeaderKey& key, const xchacha::Nonce& nonce, SealedHeader header,
                   const KemOffer& offer, MutableBytes out);

// `sealed` has the size that the header's flags say. authentication_failed: altered.
// non_canonical_key: a KEM key that fails the check of FIPS 203, 7.2.
[[nodiscard]] Result<KemOffer> open_kem_part(const HeaderKey& key, SealedHeader header,
                                             ByteView sealed);

}  // namespace bisik::crypto
