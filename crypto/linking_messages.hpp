// What is said while a device is linked, before it is one (docs/protocol.md 9.2): the code that the
// new device shows, the primary's offer, the new device's reveal. All fixed layouts.
//
//     code      E 32 | h 32 | r 32                                   (in a link, not in a cell)
//     offer     AK 32 | P 32 | m 32 | device number u32 | created u64                (108 bytes)
//     reveal    n 32 | DS 32 | DX 32 | DN 32 | by DS 64                              (192 bytes)
//
//     h = H(label, n | E | DS | DX | DN)
//
// The code commits the new device to its keys before it has seen the offer; the offer fixes the
// primary's part before it has seen n. So neither side, nor anybody between them, can choose keys
// that give the digits wanted.
#pragma once

#include "crypto/capability.hpp"
#include "crypto/device_record.hpp"

namespace bisik::crypto {

using LinkingNonce = ByteArray<32>;  // m, and n once it is revealed

struct LinkingCode {
  DhPublicKey ephemeral;  // E
  Hash commitment;        // h
  Capability secret;      // r

  // malformed: a length. non_canonical_key, non_contributory_key: E.
  [[nodiscard]] static Result<LinkingCode> parse(ByteView ephemeral, ByteView commitment,
                                                 ByteView secret);

  friend bool operator==(const LinkingCode&, const LinkingCode&) = default;
};

struct LinkingOffer {
  static constexpr std::size_t kSize = 32 + 32 + 32 + 4 + 8;
  VerifyKey account_key;  // AK
  DhPublicKey ephemeral;  // P
  LinkingNonce nonce;     // m
  DeviceNumber number;
  UnixTime created;

  [[nodiscard]] Bytes encode() const;
  // malformed: the length, a number or time outside its range. non_canonical_key,
  // non_contributory_key: P.
  [[nodiscard]] static Result<LinkingOffer> parse(ByteView bytes);

  friend bool operator==(const LinkingOffer&, const LinkingOffer&) = default;
};

struct LinkingReveal {
  static constexpr std::size_t kSize = 32 + 32 + 32 + 32 + 64;
  LinkingNonce nonce;        // n
  VerifyKey signing_key;     // DS
  DhPublicKey identity_key;  // DX
  DhPublicKey network_key;   // DN
  Signature by_device;       // of the record that the offer makes of these

  [[nodiscard]] Bytes encode() const;
  // malformed: the length. non_canonical_key: DX or DN. Nothing is verified here.
  [[nodiscard]] static Result<LinkingReveal> parse(ByteView bytes);

  friend bool operator==(const LinkingReveal&, const LinkingReveal&) = default;
};

// The keys that a code commits to.
struct LinkingKeys {
  DhPublicKey ephemeral;     // E
  VerifyKey signing_key;     // DS
  DhPublicKey identity_key;  // DX
  DhPublicKey network_key;   // DN

  [[nodiscard]] Hash commitment(ByteView nonce) const;  // h, with n

  friend bool operator==(const LinkingKeys&, const LinkingKeys&) = default;
};

}  // namespace bisik::crypto
