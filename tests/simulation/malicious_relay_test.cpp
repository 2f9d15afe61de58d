// A relay that wants harm (I5, I13): never a plaintext for a wrong device, never a silent
// acceptance, every row as it was after what was refused, an alarm where two lists were signed and
// nowhere else, no client that spins, and a way back. BISIK_MALICE_SEEDS says how many seeds, and
// BISIK_SIM_FIRST which is the first. Where they are few, each trick alone has two, not five, if it
// is played.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/simulation/malicious_run.hpp"

namespace bisik::simulation {
namespace {

std::uint64_t number_in(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string in_lines(const std::vector<std::string>& lines) {
  std::string all;
  for (const auto& line : lines) all += "\n  " + line;
  return all;
}

constexpr std::uint64_t kParts = 10;

class Malice : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Malice, FindsNobodyWhoBelievesIt) {
  const auto first = number_in("BISIK_SIM_FIRST", 1);
  const auto end = first + number_in("BISIK_MALICE_SEEDS", 300);
  std::size_t seeds = 0;
  MaliciousReport sum;
  for (auto seed = first + GetParam(); seed < end; seed += kParts, ++seeds) {
    const auto report = run_malicious_seed(seed);
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << in_lines(report.violations);
    sum.messages += report.messages;
    sum.tricks += report.tricks;
    sum.refused += report.refused;
    sum.alarms += report.alarms;
  }
  std::cout << seeds << " seeds, " << sum.messages << " messages, " << sum.tricks << " tricks, "
            << sum.refused << " refusals, " << sum.alarms << " alarms\n";
}

INSTANTIATE_TEST_SUITE_P(Simulation, Malice, testing::Range(std::uint64_t{0}, kParts));

class OneTrick : public testing::TestWithParam<std::size_t> {};

TEST_P(OneTrick, IsPlayedAndFindsNobodyWhoBelievesIt) {
  constexpr std::uint64_t kSeeds = 5;
  const auto enough =
      std::clamp<std::uint64_t>(number_in("BISIK_MALICE_SEEDS", 300) / 5, 2, kSeeds);
  std::size_t played = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds && (seed <= enough || played == 0); ++seed) {
    const auto report = run_malicious_seed(seed, Trick{GetParam()});
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << in_lines(report.violations);
    played += report.tricks;
  }
  EXPECT_GT(played, 0U);
}

INSTANTIATE_TEST_SUITE_P(Simulation, OneTrick, testing::Range(std::size_t{0}, kTricks),
                         [](const auto& trick) { return std::string{kTrickNames[trick.param]}; });

TEST(MaliceOf, TheSameSeedGivesTheSameTrace) {
  EXPECT_EQ(run_malicious_seed(7).trace_hash, run_malicious_seed(7).trace_hash);
}

// A zero in a report means something only if the detector works.
struct Planted {
  Defect defect;
  Trick trick;  // that somebody with this defect falls for
  std::string_view shows;
};

class PlantedDefectUnderMalice : public testing::TestWithParam<Planted> {};

TEST_P(PlantedDefectUnderMalice, IsFound) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const auto& found :
         run_malicious_seed(seed, GetParam().trick, GetParam().defect).violations) {
      if (found.find(GetParam().shows) != std::string::npos) return;
    }
  }
  FAIL() << "a hundred seeds did not show it";
}

INSTANTIATE_TEST_SUITE_P(
    Simulation, PlantedDefectUnderMalice,
    testing::Values(
        Planted{Defect::list_signature_unchecked, Trick::edited_list, "refused an answer and kept"},
        Planted{Defect::bundle_device_unchecked, Trick::swap_keys, "refused an answer and kept"},
        Planted{Defect::epoch_unchecked, Trick::epoch, "refused an answer and kept"},
        Planted{Defect::alarm_forgotten, Trick::stolen_account, "saw two lists and said nothing"},
        Planted{Defect::writes_on_refusal, Trick::damage_cell,
                "changed its rows with what it refused"},
        Planted{Defect::no_repeat_detection, Trick::replay, "opened a cell twice"}),
    [](const auto& planted) {
      return std::string{kTrickNames[static_cast<std::size_t>(planted.param.trick)]};
    });

}  // namespace
}  // namespace bisik::simulation
