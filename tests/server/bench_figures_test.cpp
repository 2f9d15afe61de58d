#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/bench/figures.hpp"

namespace bisik::server::bench {
namespace {

using std::chrono::microseconds;

Samples samples_up_to(int highest) {
  Samples samples;
  for (int i = highest; i > 0; --i) samples.add(microseconds{i});
  return samples;
}

TEST(BenchFigures, PercentileIsTheSmallestSampleThatSoManyDoNotExceed) {
  auto hundred = samples_up_to(100);
  EXPECT_EQ(hundred.percentile_us(50), 50);
  EXPECT_EQ(hundred.percentile_us(99), 99);
  EXPECT_EQ(hundred.percentile_us(100), 100);
  auto ten = samples_up_to(10);
  EXPECT_EQ(ten.percentile_us(50), 5);
  EXPECT_EQ(ten.percentile_us(51), 6);
  EXPECT_EQ(ten.percentile_us(99), 10);
}

TEST(BenchFigures, OneSampleIsEveryPercentile) {
  auto one = samples_up_to(1);
  EXPECT_EQ(one.percentile_us(0.1), 1);
  EXPECT_EQ(one.percentile_us(100), 1);
}

TEST(BenchFigures, SamplesMayBeAddedAfterAPercentileWasAsked) {
  auto samples = samples_up_to(3);
  EXPECT_EQ(samples.percentile_us(100), 3);
  samples.add(microseconds{2});
  EXPECT_EQ(samples.percentile_us(50), 2);
  EXPECT_EQ(samples.percentile_us(100), 3);
}

TEST(BenchFigures, TextHasALineForEachFigure) {
  const auto text = as_text({"drain", {{"cells_per_second", 31234.4}, {"seconds", 6.5}}});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_NE(text.find("cells_per_second"), std::string::npos);
  EXPECT_NE(text.find(" 31234\n"), std::string::npos);
  EXPECT_NE(text.find(" 6.50\n"), std::string::npos);
}

TEST(BenchFigures, JsonHasAnObjectForEachStep) {
  const auto json = nlohmann::json::parse(
      as_json({{"sync", {{"batch_us", 3000.5}}}, {"idle", {{"bytes_per_connection", 1500}}}}));
  EXPECT_EQ(json.size(), 2U);
  EXPECT_EQ(json["sync"]["batch_us"], 3000.5);
  EXPECT_EQ(json["idle"]["bytes_per_connection"], 1500);
}

}  // namespace
}  // namespace bisik::server::bench
