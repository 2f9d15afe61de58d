// Random histories: who writes when, and what becomes of each message.
#pragma once

#include "tests/model/history.hpp"

namespace bisik::model {

// Made and played. The same seed gives the same history.
[[nodiscard]] Json random_history(std::uint64_t seed);

}  // namespace bisik::model
