// One seed: people join, write to each other in bad weather while parties die and come back, then
// the weather clears, and in the end everything that was acknowledged has to be where it belongs.
#pragma once

#include "tests/simulation/defect.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/strain.hpp"

namespace bisik::simulation {

struct Report {
  std::vector<std::string> violations;
  std::string trace_hash;
  std::size_t messages = 0;
  std::size_t deaths = 0;
  Strains strains;
};

[[nodiscard]] Report run_seed(std::uint64_t seed, Defect defect = Defect::none);

}  // namespace bisik::simulation
