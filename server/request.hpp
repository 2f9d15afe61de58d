// From a request on the wire to an operation on the store: capabilities become hashes, byte strings
// get their types. The request was validated (proto/frame.hpp), so nothing here can fail but one
// thing: asking on a connection of the wrong kind.
#pragma once

#include <optional>

#include "proto/relay.pb.h"
#include "server/operation.hpp"
#include "server/peer.hpp"

namespace bisik::server {

// Nothing: this kind of connection does not do that. Ping and GetLimits
// are no operations and must not come here.
[[nodiscard]] std::optional<Action> to_action(const proto::pb::Request& request, const Peer& peer);

}  // namespace bisik::server
