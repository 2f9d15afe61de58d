// Random successor statements, read as they are, damaged, and signed by somebody else.
#pragma once

#include "tests/model/named_randomness.hpp"
#include "tests/model/succession.hpp"

namespace bisik::model {

// Made and played. The same seed gives the same succession.
[[nodiscard]] Json random_succession(std::uint64_t seed);

}  // namespace bisik::model
