// What an account is called where people are called by UUIDs: the first 16 bytes of its id as a
// version-8 UUID (RFC 9562), so that it says nothing that the id does not.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bisik::client {

using Uuid = std::array<std::uint8_t, 16>;

// `account` has at least 16 bytes.
[[nodiscard]] Uuid uuid_of(std::span<const std::uint8_t> account);

// Lower case, in the usual groups.
[[nodiscard]] std::string uuid_text(const Uuid& uuid);
// In either case; of any version. Nothing: that is no UUID.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

}  // namespace bisik::client
