#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "server/bench/steps.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

// So many at once: enough that the relay never waits for one of them.
constexpr std::size_t kAtOnce = 32;

// What is worked off by several together.
struct Load {
  std::size_t count = SIZE_MAX;
  Clock::time_point end = Clock::time_point::max();
  std::size_t next = 0;
  std::size_t ended = 0;
};

template <class Work>
boost::asio::awaitable<void> work_off(Load& load, const Work& work) {
  while (load.next < load.count && Clock::now() < load.end) co_await work(load.next++);
  ++load.ended;
}

// work(0), work(1) and so on, kAtOnce at a time. How long it took, in seconds.
template <class Work>
double timed(boost::asio::io_context& io, Load& load, const Work& work) {
  const auto start = Clock::now();
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    boost::asio::co_spawn(io, work_off(load, work), rethrow);
  }
  constexpr std::chrono::minutes patience{15};
  run(io, patience, [&] { return load.ended == kAtOnce; });
  return std::chrono::duration<double>{Clock::now() - start}.count();
}

boost::asio::awaitable<void> log_in(boost::asio::io_context& io, const RelayProcess& relay,
                                    const Resident& resident) {
  Reader reader{io, relay, resident};
  co_await reader.open();
  reader.close();
}

}  // namespace

// Each the whole of it: TCP, Noise, and a subscription that was answered.
Figures measure_logins(Scene& scene) {
  const auto& people = scene.people();
  boost::asio::io_context io{1};
  const CpuMeter meter{scene.relay};
  Load load{.end = Clock::now() + time_of(scene.options)};
  const auto seconds = timed(
      io, load, [&](std::size_t i) { return log_in(io, scene.relay, people[i % people.size()]); });
  const auto logins = static_cast<double>(load.next);
  Figures figures{{"logins_per_second", logins / seconds}, {"seconds", seconds}};
  meter.report(logins, figures);
  return figures;
}

// What the relay's memory has grown by while three quarters of them came; the first quarter has
// filled what is kept and used again.
Figures measure_idle(Scene& scene) {
  const std::size_t count = scene.options.connections;
  const auto network_key = crypto::DhKeyPair::generate();
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<Client>(io, scene.relay));
  }
  const auto connect = [&](std::size_t i) { return clients[i]->connect(network_key); };
  Load first{.count = count / 4};
  (void)timed(io, first, connect);
  const auto before = scene.relay.resident_bytes();
  Load rest{.count = count, .next = first.count};
  (void)timed(io, rest, connect);
  const auto after = scene.relay.resident_bytes();
  const auto grown = static_cast<double>(after) - static_cast<double>(before);
  return {{"connections", static_cast<double>(count)},
          {"bytes_per_connection", grown / static_cast<double>(count - first.count)}};
}

Figures measure_registrations(Scene& scene) {
  const std::size_t count = scene.options.registrations;
  const auto invite = scene.relay.invite(scene.options.registrations);
  std::vector<Resident> people;
  for (std::size_t i = 0; i < count; ++i) {
    people.emplace_back(invite, Resident::OneTimeKeys::full_batches);
  }
  boost::asio::io_context io{1};
  const CpuMeter meter{scene.relay};
  Load load{.count = count};
  const auto seconds =
      timed(io, load, [&](std::size_t i) { return register_at(io, scene.relay, people[i]); });
  const auto registrations = static_cast<double>(count);
  Figures figures{{"registrations_per_second", registrations / seconds}, {"seconds", seconds}};
  meter.report(registrations, figures);
  return figures;
}

}  // namespace bisik::server::bench
