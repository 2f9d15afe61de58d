// Time as the relay's logic sees it: an argument, never read from a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace bisik::server {

struct Time {
  // What clocks on walls say. It may jump by years: nothing is deleted because of it alone
  // (server/calendar.hpp).
  std::chrono::sys_seconds wall;
  // Since some fixed moment of this process; never goes back. Deadlines and rates are over it.
  std::chrono::milliseconds steady{0};
};

// As rows have it (storage/types.hpp).
[[nodiscard]] constexpr std::int64_t unix_seconds(Time now) noexcept {
  return now.wall.time_since_epoch().count();
}

}  // namespace bisik::server
