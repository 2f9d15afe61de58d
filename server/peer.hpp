// Who is at the other end of a connection, as its handshake has shown it.
#pragma once

#include <optional>

#include "crypto/network_binding.hpp"
#include "server/prefix.hpp"

namespace bisik::server {

struct Peer {
  enum class Kind {
    own,        // Noise_XK: has proved a network key
    anonymous,  // Noise_NK
    local,      // the operator, through the socket in the data directory
  };
  Kind kind = Kind::anonymous;
  std::optional<crypto::DhPublicKey> network_key = {};  // DN of an own connection
  crypto::HandshakeHash handshake = {};
  std::optional<Prefix> prefix = {};  // none: not counted by where it comes from
};

}  // namespace bisik::server
