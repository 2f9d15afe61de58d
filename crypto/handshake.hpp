// How two devices agree on the first keys of a session: PQXDH in shape (docs/protocol.md 5.1).
//
//     DH1 = DH(DX_A, SPK_B)   DH2 = DH(EK, DX_B)   DH3 = DH(EK, SPK_B)   DH4 = DH(EK, OPK_B)
//     (ct, ss) = ML-KEM-768.Encaps(PQOPK_B, else PQSPK_B)
//     RK | HK_A | NHK_B = HKDF(T, 0xFF x 32 | DH1 | DH2 | DH3 [| DH4] | ss, label, 96)
//
// Only DH4 is optional: there is no session without the post-quantum half and none without the
// classical one. Nothing is kept here, and an error leaves nothing behind.
#pragma once

#include "crypto/device.hpp"
#include "crypto/ratchet.hpp"
#include "crypto/transcript.hpp"

namespace bisik::crypto {

// What a sender fetched about a device and verified: record, bundle (its signature and age) and,
// where the relay had some left, one-time keys.
struct PeerPrekeys {
  DeviceRecord record;
  SealKey::Public seal;
  SignedPrekey::Public signed_prekey;
  std::optional<OneTimeKey::Public> one_time_key;
  std::variant<PqSignedPrekey::Public, PqOneTimeKey::Public> pq_prekey;
};

// Our private halves of the prekeys that a first message names. Borrowed.
struct OurPrekeys {
  const Device& device;
  const SignedPrekey& signed_prekey;
  const OneTimeKey* one_time_key;  // nullptr where none is named
  std::variant<const PqSignedPrekey*, const PqOneTimeKey*> pq_prekey;

  [[nodiscard]] PrekeyIds ids() const;
};

struct InitiatorHandshake {
  HandshakeFields fields;
  Transcript transcript;
  SessionKeys keys;
};
// malformed: the peer is this very device. non_contributory_key: one of the peer's X25519 keys is a
// low-order point.
[[nodiscard]] Result<InitiatorHandshake> initiate_handshake(const Device& ours,
                                                            const PeerPrekeys& theirs);

// T as we compute it, before anything secret is touched.
[[nodiscard]] Transcript transcript(const HandshakeFields& theirs, const OurPrekeys& ours);

// `record` is fields.record, verified. unknown_prekey: the fields name other prekeys than these.
// malformed and non_contributory_key as above.
[[nodiscard]] Result<SessionKeys> respond_handshake(const OurPrekeys& ours,
                                                    const HandshakeFields& fields,
                                                    const DeviceRecord& record,
                                                    const Transcript& transcript);

}  // namespace bisik::crypto
