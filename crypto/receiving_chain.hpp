// The chains in which the peer writes: the present one, which can still grow, and those before it,
// of which only header key and skipped message keys are left (docs/protocol.md 6.5).
#pragma once

#include "crypto/header.hpp"
#include "crypto/skipped_keys.hpp"

namespace bisik::crypto {

// What every message of a chain shares, and the keys of those that are missing.
struct KnownChain {
  HeaderKey header_key;  // HKr, now or then
  DhPublicKey dh;        // the peer's
  KemContents carries;
  SkippedKeys skipped;

  // What a chain carries follows its place, and nothing else is accepted in it.
  [[nodiscard]] bool fits(const Header& header) const noexcept {
    return header.dh == dh && header.carries == carries;
  }

  void write(SecretBuffer& out) const;
  [[nodiscard]] static Result<KnownChain> read(SecretReader& in);
};

struct ReceivingChain {
  KnownChain known;
  ChainKey key;              // CKr
  std::uint32_t next_index;  // Nr

  void write(SecretBuffer& out) const;
  [[nodiscard]] static Result<ReceivingChain> read(SecretReader& in);
};

struct PastChain {
  KnownChain known;
  UnixTime ended;

  void write(SecretBuffer& out) const;
  [[nodiscard]] static Result<PastChain> read(SecretReader& in);
};

struct Skipped {
  SkippedKeys keys;
  ChainKey next;
};
// The message keys from index `from` up to `until`, without it, and the chain key there. The caller
// has compared the distance with kMaxSkip.
[[nodiscard]] Skipped skip(const ChainKey& key, std::uint32_t from, std::uint32_t until,
                           UnixTime now);

}  // namespace bisik::crypto
