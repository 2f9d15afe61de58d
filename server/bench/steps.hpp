// What can be measured. Each step stands alone, in the order of the table: it makes its connections
// and closes them, and throws Problem if the relay loses, refuses or forgets anything.
#pragma once

#include <span>
#include <vector>

#include "server/bench/figures.hpp"
#include "server/bench/options.hpp"
#include "server/bench/traffic.hpp"

namespace bisik::server::bench {

// What steps share.
struct Scene {
  const Options& options;
  const ScratchFolder& scratch;
  const RelayProcess& relay;
  std::vector<Resident> residents = {};  // one for each pair, made when first asked for
  std::uint64_t senders = 0;             // so far: gives each a name

  // Registers them if they are not. Throws Problem.
  [[nodiscard]] const std::vector<Resident>& people();
};

struct Step {
  std::string_view name;
  Figures (*run)(Scene& scene);
};
[[nodiscard]] std::span<const Step> steps();

// The processor's time since it was made, of the relay and of us.
class CpuMeter {
 public:
  explicit CpuMeter(const RelayProcess& relay);
  // Two figures: microseconds for each of so many.
  void report(double count, Figures& figures) const;

 private:
  const RelayProcess& relay_;
  std::chrono::microseconds relay_before_;
  std::chrono::microseconds ours_before_;
};

// --- what the machine can do at most ---
[[nodiscard]] Figures measure_sync(Scene& scene);
[[nodiscard]] Figures measure_sqlite(Scene& scene);
[[nodiscard]] Figures measure_echo(Scene& scene);
// --- cells ---
[[nodiscard]] Figures measure_online(Scene& scene);
[[nodiscard]] Figures measure_latency(Scene& scene);
[[nodiscard]] Figures measure_store(Scene& scene);
[[nodiscard]] Figures measure_drain(Scene& scene);
[[nodiscard]] Figures measure_surge(Scene& scene);
// --- connections and accounts ---
[[nodiscard]] Figures measure_logins(Scene& scene);
[[nodiscard]] Figures measure_idle(Scene& scene);
[[nodiscard]] Figures measure_registrations(Scene& scene);
[[nodiscard]] Figures measure_grants(Scene& scene);

}  // namespace bisik::server::bench
