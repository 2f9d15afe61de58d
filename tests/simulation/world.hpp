// Virtual time, what is to happen in it, and the trace of what has happened. One thread.
#pragma once

#include <sodium.h>

#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "crypto/bytes.hpp"

namespace bisik::simulation {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

class World {
 public:
  explicit World(std::uint64_t seed);

  [[nodiscard]] Time now() const noexcept { return now_; }
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  std::mt19937_64& rng() noexcept { return rng_; }
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : rng_() % bound; }
  [[nodiscard]] bool chance(double probability);
  [[nodiscard]] Duration between(Duration least, Duration most);

  // Same moment: in the order in which they were planned.
  void after(Duration delay, std::function<void()> event);
  // Until nothing is planned before `end`.
  void run_until(Time end);
  // The next event, whatever its time; false if there is none before `end`.
  bool step(Time end);

  // Part of what makes one run different from another.
  void trace(std::string_view what, crypto::ByteView bytes = {});
  [[nodiscard]] std::string trace_hash() const;

 private:
  std::uint64_t seed_;
  std::mt19937_64 rng_;
  Time now_;
  std::multimap<Time, std::function<void()>> events_;
  crypto_generichash_state trace_;
};

}  // namespace bisik::simulation
