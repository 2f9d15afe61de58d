// base64url without padding (RFC 4648, section 5): how keys and payloads stand in links.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.hpp"

namespace bisik::crypto {

[[nodiscard]] std::string to_base64url(ByteView bytes);

// Nothing unless `text` is what to_base64url makes of some bytes: no padding, no white space, no
// bits left over.
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace bisik::crypto
