// A relay under attack, and what its people notice of it. Prints a line for each attack; answers
// whether everybody was served all the time and the relay's memory stayed within its bound.
#pragma once

#include <chrono>
#include <filesystem>

namespace bisik::server::trouble {

struct Attack {
  std::size_t connections;  // at once, of those who say nothing or next to nothing
  double per_second;        // new ones
  std::uint64_t churns;     // connections that come and go
  std::size_t slow_readers;
  std::chrono::milliseconds time;  // for which people are watched under each
};
inline constexpr Attack kSmallAttack{.connections = 4'000,
                                     .per_second = 2'500,
                                     .churns = 20'000,
                                     .slow_readers = 12,
                                     .time = std::chrono::milliseconds{1'500}};
inline constexpr Attack kFullAttack{.connections = 18'000,
                                    .per_second = 1'500,
                                    .churns = 1'000'000,
                                    .slow_readers = 100,
                                    .time = std::chrono::seconds{20}};

bool attack(const std::filesystem::path& relay, const Attack& attack);

}  // namespace bisik::server::trouble
