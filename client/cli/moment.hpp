// Moments as people type them: 30m, 18:30, 2026-12-01, 2026-12-01T09:00, with Z or +02:00 behind
// it, @1764445861. Without a zone it is the time of this machine.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace bisik::client {

using Moment = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] inline Moment moment_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// What a duration counts towards, and which day a time without one is of.
enum class Toward { past, future };

// Nothing for anything else, and for years before 1970 or after 2999.
[[nodiscard]] std::optional<Moment> parse_moment(std::string_view text, Moment now, Toward toward);

}  // namespace bisik::client
