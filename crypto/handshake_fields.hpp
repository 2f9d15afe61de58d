// What the initiator of a session says about it, in every message until the first answer
// (docs/protocol.md 5.2).
//
//     record_A 236 | EK 32 | ct 1088 | ids 25                                      (1381 bytes)
//     ids = SPK id u64 | OPK id u64, 0 for none | PQ kind u8 | PQ id u64
#pragma once

#include "crypto/device_record.hpp"
#include "crypto/prekey.hpp"

namespace bisik::crypto {

enum class PqKind : std::uint8_t {
  signed_prekey = 1,  // PQSPK, the last resort
  one_time = 2,       // PQOPK
};

// Which of the responder's prekeys were taken.
struct PrekeyIds {
  static constexpr std::size_t kSize = 3 * sizeof(PrekeyId) + sizeof(PqKind);
  PrekeyId signed_prekey;
  PrekeyId one_time_key;  // kNoPrekey for none
  PqKind pq_kind;
  PrekeyId pq_prekey;

  void encode(Encoder& out) const;
  // malformed: an unknown kind, or 0 where a key must be named.
  [[nodiscard]] static Result<PrekeyIds> decode(Decoder& in);

  friend bool operator==(const PrekeyIds&, const PrekeyIds&) = default;
  friend auto operator<=>(const PrekeyIds&, const PrekeyIds&) = default;
};

// The name of a session before its handshake has run: the responder looks it up first.
struct SessionOrigin {
  DhPublicKey ephemeral;  // EK
  PrekeyIds ids;

  friend bool operator==(const SessionOrigin&, const SessionOrigin&) = default;
  friend auto operator<=>(const SessionOrigin&, const SessionOrigin&) = default;
};

struct HandshakeFields {
  static constexpr std::size_t kSize =
      DeviceRecord::kSize + DhPublicKey::kSize + KemCiphertext::kSize + PrekeyIds::kSize;
  ByteArray<DeviceRecord::kSize> record;  // record_A, not verified
  SessionOrigin origin;
  KemCiphertext ciphertext;  // ct

  void encode(Encoder& out) const;
  // malformed, or non_canonical_key: EK.
  [[nodiscard]] static Result<HandshakeFields> decode(Decoder& in);

  friend bool operator==(const HandshakeFields&, const HandshakeFields&) = default;
};

}  // namespace bisik::crypto
