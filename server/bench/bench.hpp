// The command `bench`: a generator of load beside the relay that it measures, and the limits of the
// machine that the relay is held against, measured in the same run.
#pragma once

#include "server/bench/options.hpp"

namespace bisik::server::bench {

// Names of all steps, in their order.
[[nodiscard]] std::vector<std::string_view> step_names();

// Prints each step's figures as they come, or all as JSON at the end. Throws Problem and
// storage::StorageError.
void run_bench(const Options& options);

}  // namespace bisik::server::bench
