// One seed: two or three people with one to three devices each write to each other from any of them
// in bad weather. Parties die, devices come and go, weeks pass, keys are used up, people block each
// other; and now and then somebody puts an earlier copy of a device's folder back. Then the weather
// clears, and the judge looks (chronicle.hpp).
#pragma once

#include "tests/simulation/community.hpp"

namespace bisik::simulation {

[[nodiscard]] CommunityReport run_device_seed(std::uint64_t seed);

}  // namespace bisik::simulation
