#include "server/bench/options.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "server/limits.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

struct Bound {
  const char* option;
  std::uint32_t Options::*value;
  std::uint64_t most;
};

// Hundreds of requests on one connection are refused, and so is a mailbox's 20,001st cell.
constexpr Limits kRelay{};
constexpr std::uint32_t kMaxPairs = 512;
constexpr double kMinSeconds = 0.01;
constexpr double kMaxSeconds = 600;
constexpr std::uint32_t kMaxCells = 2'000'000;
constexpr std::uint64_t kMaxConnections = 18'000;  // two processes with 20,000 files each

constexpr std::array kBounds{
    Bound{"--pairs", &Options::pairs, kMaxPairs},
    Bound{"--window", &Options::window, kRelay.requests_in_flight / 2},
    Bound{"--cells", &Options::cells, kMaxCells},
    Bound{"--connections", &Options::connections, kMaxConnections},
    Bound{"--registrations", &Options::registrations, kRelay.invite_uses},
};

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ", ") + std::string{name};
  return text;
}

}  // namespace

std::filesystem::path default_scratch() {
  const char* set = std::getenv("TMPDIR");
  return set != nullptr && *set != '\0' ? set : "/var/tmp";
}

void check(const Options& options, std::span<const std::string_view> known) {
  for (const auto& step : options.steps) {
    if (std::ranges::find(known, step) != known.end()) continue;
    throw Problem{Exit::user, "There is no step " + step + ". There are: " + listed(known) + "."};
  }
  for (const auto& bound : kBounds) {
    const auto value = options.*bound.value;
    if (value >= 1 && value <= bound.most) continue;
    throw Problem{Exit::user, std::string{bound.option} + " goes from 1 to " +
                                  std::to_string(bound.most) + "."};
  }
  if (!(options.seconds >= kMinSeconds && options.seconds <= kMaxSeconds)) {
    throw Problem{Exit::user, "--seconds goes from 0.01 to 600."};
  }
  if (options.cells < options.pairs) {
    throw Problem{Exit::user, "--cells must be at least one for each of the --pairs."};
  }
  if (options.cells > options.pairs * kRelay.mailbox_cells) {
    throw Problem{Exit::user, "A mailbox holds " + std::to_string(kRelay.mailbox_cells) +
                                  " cells: more --pairs or fewer --cells."};
  }
}

std::chrono::milliseconds time_of(const Options& options) {
  return std::chrono::milliseconds{static_cast<std::int64_t>(options.seconds * 1000)};
}

bool wants(const Options& options, std::string_view step) {
  return options.steps.empty() || std::ranges::find(options.steps, step) != options.steps.end();
}

}  // namespace bisik::server::bench
