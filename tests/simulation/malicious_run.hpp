// One seed with a malicious relay: people meet, some of them while it meddles; they write, weeks
// pass, it stops, and then everybody must be able to write to everybody again.
#pragma once

#include <optional>
#include <vector>

#include "tests/simulation/defect.hpp"
#include "tests/simulation/tricks.hpp"

namespace bisik::simulation {

struct MaliciousReport {
  std::vector<std::string> violations;
  std::string trace_hash;
  std::size_t messages = 0;  // read by those they were written to
  std::size_t tricks = 0;    // played
  std::size_t refused = 0;   // frames
  std::size_t alarms = 0;
};

// Whatever it plays, or `only` one trick, often.
[[nodiscard]] MaliciousReport run_malicious_seed(std::uint64_t seed, std::optional<Trick> only = {},
                                                 Defect defect = Defect::none);

}  // namespace bisik::simulation
