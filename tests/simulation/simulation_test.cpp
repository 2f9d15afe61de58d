// Invariants I1 durable acknowledgement, I2 exactly once, I3 order, I4 ratchet safety, I9 progress,
// over the real relay and the real client. BISIK_SIM_SEEDS says how many seeds; BISIK_SIM_FIRST
// which is the first. They are dealt out to tests that may run beside each other.
#include <gtest/gtest.h>

#include <iostream>

#include "storage/error.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/seeds.hpp"

namespace bisik::simulation {
namespace {

class Seeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, NothingAcknowledgedIsLostDoubledReorderedOrInvented) {
  const auto first = setting("BISIK_SIM_FIRST", 1);
  const auto end = first + setting("BISIK_SIM_SEEDS", 300);
  std::size_t seeds = 0;
  std::size_t messages = 0;
  std::size_t deaths = 0;
  Strains strains;
  for (auto seed = first + GetParam(); seed < end; seed += kHands, ++seeds) {
    const auto report = run_seed(seed);
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << join_lines(report.violations);
    messages += report.messages;
    deaths += report.deaths;
    strains += report.strains;
  }
  std::cout << seeds << " seeds, " << messages << " messages, " << deaths << " deaths; "
            << to_text(strains) << '\n';
}

INSTANTIATE_TEST_SUITE_P(Simulation, Seeds, testing::Range(std::uint64_t{0}, kHands));

TEST(Simulation, TheSameSeedGivesTheSameTrace) {
  EXPECT_EQ(run_seed(7).trace_hash, run_seed(7).trace_hash);
  EXPECT_NE(run_seed(7).trace_hash, run_seed(8).trace_hash);
}

// An event that nobody notices says nothing.
TEST(Simulation, TheRelayFeelsEveryKindOfStrain) {
  Strains strains;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    strains += run_seed(seed).strains;
    const auto& [undone, busy, full, cut] = strains.endured;
    if (undone > 0 && busy > 0 && full > 0 && cut > 0) return;
  }
  FAIL() << to_text(strains);
}

// A zero in a report means something only if the detector works.
class PlantedDefect : public testing::TestWithParam<Defect> {};

// In a database that its own relay cannot read any more, too.
bool shows(Defect defect, std::uint64_t seed) {
  try {
    return !run_seed(seed, defect).violations.empty();
  } catch (const storage::StorageError& error) {
    return error.kind() == storage::StorageError::Kind::corrupt;
  }
}

TEST_P(PlantedDefect, IsFound) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    if (shows(GetParam(), seed)) return;
  }
  FAIL() << "a hundred seeds did not show it";
}

INSTANTIATE_TEST_SUITE_P(Simulation, PlantedDefect,
                         testing::Values(Defect::acknowledge_before_commit,
                                         Defect::acknowledge_on_full_disk,
                                         Defect::synchronous_normal, Defect::no_repeat_detection));

}  // namespace
}  // namespace bisik::simulation
