// What `bisik-relay bench` is asked for: which steps, how much of each, against which relay.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bisik::server::bench {

struct Options {
  std::vector<std::string> steps = {};             // empty: all
  std::optional<std::filesystem::path> data = {};  // of a relay that runs here; else one starts
  std::filesystem::path scratch = {};              // where the folder of the started one is made
  double seconds = 3;                              // that a step with no other end takes
  std::uint32_t pairs = 64;                        // of a sender and a reader
  std::uint32_t window = 8;                        // cells of a sender that are on their way
  std::uint32_t cells = 200'000;                   // stored, then drained
  std::uint32_t connections = 4'000;               // idle ones
  std::uint32_t registrations = 500;
  bool json = false;
};

[[nodiscard]] std::chrono::milliseconds time_of(const Options& options);

// $TMPDIR, else /var/tmp: a disk, where /tmp is often memory that makes every sync free.
[[nodiscard]] std::filesystem::path default_scratch();

// Every number within what the relay's limits and one machine allow, every step one of `known`.
// Throws Problem.
void check(const Options& options, std::span<const std::string_view> known);

// True where no step is named, or this one is.
[[nodiscard]] bool wants(const Options& options, std::string_view step);

}  // namespace bisik::server::bench
