// What an account signs towards a relay, bound to one connection by the hash of its Noise
// handshake: which network keys (DN) are its own, and which device list it publishes.
//
// Neither signature can be used on another connection, towards another relay, or in place of the
// other. The relay verifies with the account key that the account has registered with.
#pragma once

#include "crypto/device_record.hpp"

namespace bisik::crypto {

using HandshakeHash = ByteArray<32>;  // Noise's h after the last handshake message

// A key is removed by a list that does not name its device: no statement says so a second time.
enum class NetworkKeyChange : std::uint8_t { add = 1 };

// change u8 | DN 32 | device number u32 | relay key 32 | handshake hash 32, docs/protocol.md 2.7.
struct NetworkBinding {
  NetworkKeyChange change;
  DhPublicKey network_key;  // DN
  DeviceNumber device;
  DhPublicKey relay_key;
  HandshakeHash handshake;

  [[nodiscard]] Signature sign(const AccountKey& account) const;
  // bad_signature unless the account has signed exactly these fields.
  [[nodiscard]] Result<void> verify(const VerifyKey& account_key, const Signature& signature) const;
};

// device list hash 32 | relay key 32 | handshake hash 32.
struct ListPublication {
  Hash list;
  DhPublicKey relay_key;
  HandshakeHash handshake;

  [[nodiscard]] Signature sign(const AccountKey& account) const;
  [[nodiscard]] Result<void> verify(const VerifyKey& account_key, const Signature& signature) const;
};

}  // namespace bisik::crypto
