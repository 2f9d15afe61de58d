// How what went wrong is told: one sentence on standard error, and the exit code that goes with it.
#pragma once

#include "client/cli/output.hpp"
#include "client/problem.hpp"

namespace bisik::client {

struct Ending {
  ExitCode code;
  std::string sentence;
};

// Of the exception that is being handled.
[[nodiscard]] Ending ending();

// `profile`: of several, the one that it is about.
void tell(Output& err, bool json, const Ending& how, const std::string& profile = {});

}  // namespace bisik::client
