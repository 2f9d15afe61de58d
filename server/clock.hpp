// The clocks of this machine, for what decides by a Time that it is given.
#pragma once

#include "server/time.hpp"

namespace bisik::server {

[[nodiscard]] inline Time system_time() {
  return {std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
          std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace bisik::server
