// Whether a relay that a stranger's message names may be connected to at all: never an address of
// this machine or of the local network, or a message could make us knock on the person's own doors.
#pragma once

#include "proto/link.hpp"

namespace bisik::client {

// True for addresses that is_private() is true for, and for names that mean nothing elsewhere:
// those without a dot, "localhost" among them, and those that end in ".local". What any other name
// leads to is known only when it is dialled (Dial::may_be_private).
[[nodiscard]] bool is_private_host(const std::string& host);

// Our own relay may always be; others on private addresses only if ours is on one too.
[[nodiscard]] bool may_connect(const proto::RelayAddress& relay, const proto::RelayAddress& ours);

}  // namespace bisik::client
