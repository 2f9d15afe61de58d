// Host names and IP addresses as they stand in addresses of relays.
#pragma once

#include <string>
#include <string_view>

#include "proto/error.hpp"

namespace bisik::proto {

// The one way to write this host: a name in lower case, IPv4 as four numbers, IPv6 without brackets
// as RFC 5952 writes it. host_too_long: over kMaxHostBytes. bad_host: none of these.
[[nodiscard]] Result<std::string> normal_host(std::string_view host);

}  // namespace bisik::proto
