// Lower-case hexadecimal, for ids that a person reads. Not for secrets.
#pragma once

#include <optional>
#include <string>

#include "crypto/bytes.hpp"

namespace bisik::crypto {

[[nodiscard]] std::string to_hex(ByteView bytes);
// Nothing unless every two characters are a byte; either case.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);

}  // namespace bisik::crypto
