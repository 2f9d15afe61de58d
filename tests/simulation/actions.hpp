// What may happen to a community as a string of bytes, so that a fuzzer can write it: each action
// is one byte for what and one for whom, how much or for how long.
#pragma once

#include "crypto/bytes.hpp"
#include "tests/simulation/community.hpp"

namespace bisik::simulation {

// Sends, drops, repeats, deaths, copies that are put back, links, removals, weeks, blocking, keys
// that are used up, repairs. Then the judgement.
[[nodiscard]] CommunityReport play(crypto::ByteView actions);

}  // namespace bisik::simulation
