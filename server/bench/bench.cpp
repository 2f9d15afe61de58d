#include "server/bench/bench.hpp"

#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "server/bench/steps.hpp"
#include "server/hardening.hpp"
#include "server/limits.hpp"

namespace bisik::server::bench {
namespace {

// Idle connections come first of what needs a relay: memory that it has used before and has free
// again would hide theirs.
constexpr std::array kSteps{
    Step{"sync", measure_sync},     Step{"sqlite", measure_sqlite},
    Step{"echo", measure_echo},     Step{"idle", measure_idle},
    Step{"online", measure_online}, Step{"latency", measure_latency},
    Step{"store", measure_store},   Step{"drain", measure_drain},
    Step{"logins", measure_logins}, Step{"register", measure_registrations},
    Step{"grants", measure_grants}, Step{"surge", measure_surge},
};

std::chrono::microseconds our_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

void measure(Scene& scene) {
  std::vector<Result> results;
  for (const auto& step : steps()) {
    if (!wants(scene.options, step.name)) continue;
    results.push_back({std::string{step.name}, step.run(scene)});
    if (scene.options.json) continue;
    std::fputs(as_text(results.back()).c_str(), stdout);
    std::fflush(stdout);
  }
  if (scene.options.json) std::puts(as_json(results).c_str());
}

// A relay that is started here takes its settings from our environment.
void allow_connections(std::uint64_t wanted) {
  constexpr std::uint64_t for_everything_else = 1'024;
  if (wanted + for_everything_else <= Limits{}.connections) return;
  const auto most = std::to_string(wanted + for_everything_else);
  if (::setenv("BISIK_RELAY_LIMITS_CONNECTIONS", most.c_str(), 1) != 0) throw std::bad_alloc{};
}

}  // namespace

CpuMeter::CpuMeter(const RelayProcess& relay)
    : relay_{relay}, relay_before_{relay.cpu()}, ours_before_{our_cpu()} {}

void CpuMeter::report(double count, Figures& figures) const {
  const auto relay = relay_.cpu() - relay_before_;
  const auto ours = our_cpu() - ours_before_;
  figures.push_back({"relay_cpu_us_each", static_cast<double>(relay.count()) / count});
  figures.push_back({"generator_cpu_us_each", static_cast<double>(ours.count()) / count});
}

const std::vector<Resident>& Scene::people() {
  if (!residents.empty()) return residents;
  const auto invite = relay.invite(options.pairs);
  boost::asio::io_context io{1};
  for (std::uint32_t i = 0; i < options.pairs; ++i) {
    residents.emplace_back(invite, Resident::OneTimeKeys::none);
  }
  for (auto& resident : residents) run(io, register_at(io, relay, resident));
  return residents;
}

std::span<const Step> steps() { return kSteps; }

std::vector<std::string_view> step_names() {
  std::vector<std::string_view> names;
  for (const auto& step : kSteps) names.push_back(step.name);
  return names;
}

void run_bench(const Options& options) {
  check(options, step_names());
  raise_file_limit();
  allow_connections(options.connections);
  const ScratchFolder scratch{options.scratch};
  const auto relay = options.data ? RelayProcess{*options.data} : RelayProcess{scratch};
  Scene scene{options, scratch, relay};
  measure(scene);
}

}  // namespace bisik::server::bench
