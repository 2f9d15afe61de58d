#include "server/bench/figures.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace bisik::server::bench {

double Samples::percentile_us(double percent) {
  assert(!samples_.empty() && percent > 0 && percent <= 100);
  std::ranges::sort(samples_);
  const auto rank = std::ceil(percent / 100 * static_cast<double>(samples_.size()));
  const auto index = std::clamp<std::size_t>(static_cast<std::size_t>(rank), 1, samples_.size());
  return std::chrono::duration<double, std::micro>{samples_[index - 1]}.count();
}

std::string as_text(const Result& result) {
  std::string text;
  for (const auto& figure : result.figures) {
    std::array<char, 96> line{};
    const int digits = std::abs(figure.value) < 100 ? 2 : 0;
    std::snprintf(line.data(), line.size(), "%-9s %-34s %12.*f\n", result.step.c_str(),
                  figure.name.c_str(), digits, figure.value);
    text += line.data();
  }
  return text;
}

std::string as_json(const std::vector<Result>& results) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const auto& result : results) {
    auto& step = all[result.step] = nlohmann::ordered_json::object();
    for (const auto& figure : result.figures) step[figure.name] = figure.value;
  }
  return all.dump();
}

}  // namespace bisik::server::bench
