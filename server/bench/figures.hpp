// What a step has measured, and how it is shown: names that carry their unit, and numbers.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace bisik::server::bench {

struct Figure {
  std::string name;
  double value;
};
using Figures = std::vector<Figure>;

struct Result {
  std::string step;
  Figures figures;
};

// Durations of which percentiles are wanted.
class Samples {
 public:
  void add(std::chrono::nanoseconds sample) { samples_.push_back(sample); }
  [[nodiscard]] bool empty() const noexcept { return samples_.empty(); }

  // The smallest sample that at least so many of a hundred do not exceed (nearest rank), in
  // microseconds. There must be one.
  [[nodiscard]] double percentile_us(double percent);

 private:
  std::vector<std::chrono::nanoseconds> samples_;
};

// A line for each figure.
[[nodiscard]] std::string as_text(const Result& result);
// One object of all steps.
[[nodiscard]] std::string as_json(const std::vector<Result>& results);

}  // namespace bisik::server::bench
