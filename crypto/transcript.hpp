// T, the hash over everything public that a handshake consists of, and what is made of it: the
// associated data that binds each message to its session and direction (docs/protocol.md 5.3).
//
// Both sides compute T from what each of them has seen. A difference in a single bit gives them
// different keys, and the first message does not open.
#pragma once

#include <optional>

#include "crypto/device_address.hpp"
#include "crypto/handshake_fields.hpp"

namespace bisik::crypto {

using Transcript = Hash;  // T

// The responder's side of it: which public keys the ids stand for.
struct ResponderKeys {
  const DeviceRecord& record;               // record_B
  DhPublicKey signed_prekey;                // SPK_B
  std::optional<DhPublicKey> one_time_key;  // OPK_B
  const KemPublicKey& pq_prekey;            // PQPK_B
};

// SHA-256(label | 0x00 | suite u8 | record_A | record_B | EK | SPK_B | OPK_B or zeros | PQPK_B | ct
// | ids).
[[nodiscard]] Transcript transcript(const HandshakeFields& initiator,
                                    const ResponderKeys& responder);

// AD(direction) = T | sender's account, device | receiver's account, device.
using AssociatedData = ByteArray<std::tuple_size_v<Transcript> + 2 * DeviceAddress::kSize>;
[[nodiscard]] AssociatedData associated_data(const Transcript& transcript,
                                             const DeviceAddress& sender,
                                             const DeviceAddress& receiver);

}  // namespace bisik::crypto
