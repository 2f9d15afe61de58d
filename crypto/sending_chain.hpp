// The chain in which we write, and the private halves that the peer's next chain will need
// (docs/protocol.md 6.1). It lasts until that chain begins and is wiped then, all of it.
#pragma once

#include "crypto/kem_part.hpp"

namespace bisik::crypto {

struct SendingChain {
  struct Kem {
    KemSeed ours;    // KEMs
    KemOffer offer;  // what every message of the chain carries
  };

  HeaderKey header_key;           // HKs
  ChainKey key;                   // CKs
  DhKeyPair dh;                   // DHs
  std::optional<Kem> kem;         // in every chain but the initiator's first
  std::uint32_t previous_length;  // PN
  std::uint32_t next_index;       // Ns

  [[nodiscard]] KemContents carries() const;
  // The next message, `wire_bytes` long. Advances the chain. content.size() + overhead() fits.
  [[nodiscard]] Bytes seal(ByteView associated, ByteView content, std::size_t wire_bytes);

  void write(SecretBuffer& out) const;
  [[nodiscard]] static Result<SendingChain> read(SecretReader& in);
};

// What a message is longer than its content, at the least.
[[nodiscard]] std::size_t message_overhead(KemContents carries);

}  // namespace bisik::crypto
