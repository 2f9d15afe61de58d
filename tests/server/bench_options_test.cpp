#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "server/bench/bench.hpp"
#include "server/limits.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

using testing::HasSubstr;

// What the person is told; nothing where the options are good.
std::string refusal(const Options& options) {
  try {
    check(options, step_names());
    return {};
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), Exit::user);
    return problem.what();
  }
}

TEST(BenchOptions, WhatIsGivenWithoutAWordIsGood) { EXPECT_EQ(refusal({}), ""); }

TEST(BenchOptions, EveryStepCanBeNamed) {
  Options options;
  for (const auto name : step_names()) options.steps.emplace_back(name);
  EXPECT_EQ(refusal(options), "");
}

TEST(BenchOptions, UnknownStepIsRefusedWithTheNamesOfAll) {
  Options options;
  options.steps = {"store", "stare"};
  EXPECT_THAT(refusal(options), HasSubstr("stare"));
  for (const auto name : step_names()) {
    EXPECT_THAT(refusal(options), HasSubstr(std::string{name}));
  }
}

TEST(BenchOptions, NumbersOutOfBoundsAreRefusedByName) {
  Options none;
  none.pairs = 0;
  EXPECT_THAT(refusal(none), HasSubstr("--pairs"));
  Options many;
  many.connections = 1'000'000;
  EXPECT_THAT(refusal(many), HasSubstr("--connections"));
  Options wide;
  wide.window = 129;
  EXPECT_THAT(refusal(wide), HasSubstr("--window"));
  Options crowd;
  crowd.registrations = static_cast<std::uint32_t>(Limits{}.invite_uses) + 1;
  EXPECT_THAT(refusal(crowd), HasSubstr("--registrations"));
}

TEST(BenchOptions, TimeIsBounded) {
  for (const double seconds : {0.0, -1.0, 601.0, std::nan("")}) {
    Options options;
    options.seconds = seconds;
    EXPECT_THAT(refusal(options), HasSubstr("--seconds")) << seconds;
  }
}

TEST(BenchOptions, CellsMustFitTheMailboxes) {
  Options options;
  options.pairs = 2;
  options.cells = static_cast<std::uint32_t>(2 * Limits{}.mailbox_cells);
  EXPECT_EQ(refusal(options), "");
  ++options.cells;
  EXPECT_THAT(refusal(options), HasSubstr("--cells"));
  options.cells = 1;
  EXPECT_THAT(refusal(options), HasSubstr("--cells"));
}

TEST(BenchOptions, AllStepsAreWantedWhereNoneIsNamed) {
  EXPECT_TRUE(wants({}, "drain"));
  Options options;
  options.steps = {"store"};
  EXPECT_TRUE(wants(options, "store"));
  EXPECT_FALSE(wants(options, "drain"));
}

}  // namespace
}  // namespace bisik::server::bench
