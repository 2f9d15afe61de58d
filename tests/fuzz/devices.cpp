// Two people with three devices between them, and what happens to them as bytes (actions.hpp): no
// order of actions loses, doubles or invents a text, or seals two with one key and nonce.
#include <cstdio>
#include <cstdlib>

#include "tests/simulation/actions.hpp"

// More takes longer than a fuzzer has for one input.
constexpr std::size_t kMostBytes = 64;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMostBytes) return -1;  // not to be kept
  const auto report = bisik::simulation::play({data, size});
  if (report.violations.empty()) return 0;
  for (const auto& line : report.violations) std::fprintf(stderr, "%s\n", line.c_str());
  std::abort();
}
