// Which addresses lead to this machine or into the network that it stands in, and to nobody else:
// those that the registries of IANA for special purposes call loopback, private, shared,
// link-local, unique local or unspecified, also inside an IPv6 address that is translated to one of
// IPv4.
#pragma once

#include "crypto/bytes.hpp"

namespace bisik::client {

[[nodiscard]] bool is_private(const crypto::ByteArray<4>& ip);
[[nodiscard]] bool is_private(const crypto::ByteArray<16>& ip);

}  // namespace bisik::client
