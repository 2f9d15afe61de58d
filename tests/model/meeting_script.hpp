// Random meetings, and the first messages that Bob has to refuse.
#pragma once

#include "tests/model/meeting.hpp"

namespace bisik::model {

// Made and played. The same seed gives the same meeting.
[[nodiscard]] Json random_meeting(std::uint64_t seed);

}  // namespace bisik::model
