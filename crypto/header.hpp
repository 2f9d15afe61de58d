// The header of a ratchet message, and how it is hidden (docs/protocol.md 6.2).
//
//     version u8 | flags u8 | DH key 32 | PN u32 | N u32 | zeros 22             (64 bytes)
//     sealed: random nonce 24 | XChaCha20-Poly1305 under a header key          (104 bytes)
//
// Which key of which session opens a header is all that says whom a cell concerns. An error changes
// nothing anywhere.
#pragma once

#include "crypto/aead.hpp"
#include "crypto/chain.hpp"

namespace bisik::crypto {

// The flags: what of a key encapsulation stands between header and body.
enum class KemContents : std::uint8_t {
  nothing = 0,
  key = 1,                 // the sender's KEM key
  key_and_ciphertext = 3,  // and what was encapsulated to the receiver's
};
[[nodiscard]] Result<KemContents> parse_contents(std::uint8_t flags);  // malformed: another value

struct Header {
  static constexpr std::size_t kSize = 64;
  using Encoded = ByteArray<kSize>;

  KemContents carries;
  DhPublicKey dh;                 // the sender's, of this chain
  std::uint32_t previous_length;  // PN, messages in the sender's chain before this one
  std::uint32_t index;            // N, this message's place in its chain

  [[nodiscard]] Encoded encode() const;
  // malformed: version, flags, or bytes that are not zero. non_canonical_key: the DH key.
  [[nodiscard]] static Result<Header> parse(const Encoded& encoded);

  friend bool operator==(const Header&, const Header&) = default;
};

inline constexpr std::size_t kSealedHeaderBytes =
    std::tuple_size_v<xchacha::Nonce> + Header::kSize + kTagBytes;
using SealedHeader = std::span<const std::uint8_t, kSealedHeaderBytes>;

void seal_header(const HeaderKey& key, const xchacha::Nonce& nonce, const Header& header,
                 std::span<std::uint8_t, kSealedHeaderBytes> out);

// no_header_key: this key does not open it. Otherwise as Header::parse.
[[nodiscard]] Result<Header> open_header(const HeaderKey& key, SealedHeader sealed);

}  // namespace bisik::crypto
