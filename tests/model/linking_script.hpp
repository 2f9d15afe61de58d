// Random linkings, and the cells that either side has to refuse: altered on their way, or written
// by somebody who has seen the code.
#pragma once

#include "tests/model/linking.hpp"

namespace bisik::model {

// Made and played. The same seed gives the same linking.
[[nodiscard]] Json random_linking(std::uint64_t seed);

}  // namespace bisik::model
