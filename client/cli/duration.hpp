// Times as people type them: 30s, 15m, 12h, 7d, 2w.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace bisik::client {

// Nothing for anything else, zero, or more than a century.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace bisik::client
