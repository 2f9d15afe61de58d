#include "server/bench/pairs.hpp"

namespace bisik::server::bench {
namespace {

constexpr std::uint64_t kNoEnd = UINT64_MAX;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>{Clock::now() - start}.count();
}

// Each sender keeps its window full, until the time is over or it has sent its share.
void send_all(Pairs& pairs, Clock::time_point end, std::uint64_t share) {
  const auto window = pairs.scene.options.window;
  pairs.start();
  for (auto& one : pairs.senders) {
    auto* sender = one.get();
    sender->on_pause = [=] {
      if (Clock::now() < end) sender->fill(window, share);
    };
    sender->fill(window, share);
  }
}

Figures rate(std::string name, double count, double seconds) {
  return {{std::move(name), count / seconds}, {"seconds", seconds}};
}

}  // namespace

Figures measure_online(Scene& scene) {
  empty_mailboxes(scene);
  Pairs pairs{scene, true, true};
  const CpuMeter meter{scene.relay};
  const auto start = Clock::now();
  const auto end = start + time_of(scene.options);
  send_all(pairs, end, kNoEnd);
  run(pairs.io, kPatience + time_of(scene.options),
      [&] { return Clock::now() >= end && pairs.settled(); });
  const auto count = static_cast<double>(pairs.counts().acknowledged);
  auto figures = rate("messages_per_second", count, seconds_since(start));
  meter.report(count, figures);
  return figures;
}

Figures measure_store(Scene& scene) {
  empty_mailboxes(scene);
  Pairs pairs{scene, true, false};
  const CpuMeter meter{scene.relay};
  const auto start = Clock::now();
  send_all(pairs, Clock::time_point::max(), scene.options.cells / scene.options.pairs);
  const auto all = scene.options.cells / scene.options.pairs * scene.options.pairs;
  run(pairs.io, kPatience, [&] { return pairs.counts().answered == all; });
  auto figures = rate("cells_per_second", all, seconds_since(start));
  meter.report(all, figures);
  return figures;
}

Figures measure_drain(Scene& scene) {
  if (!wants(scene.options, "store")) (void)measure_store(scene);  // or nothing waits
  const CpuMeter meter{scene.relay};
  const auto start = Clock::now();
  Pairs pairs{scene, false, true};
  pairs.start();
  run(pairs.io, kPatience, [&] { return pairs.settled(); });
  const auto count = static_cast<double>(pairs.counts().waiting);
  auto figures = rate("cells_per_second", count, seconds_since(start));
  meter.report(count, figures);
  return figures;
}

Figures measure_latency(Scene& scene) {
  empty_mailboxes(scene);
  Pairs pairs{scene, true, true};
  Samples stored;
  Samples read;
  take_times(pairs, pairs.senders.size(), stored, read);
  const auto count = 1 + static_cast<std::uint64_t>(scene.options.seconds * kQuietRate);
  pairs.start();
  run(pairs.io, send_at_rate(pairs, pairs.senders, kQuietRate, count),
      kPatience + time_of(scene.options));
  run(pairs.io, kPatience, [&] { return pairs.settled(); });
  return {{"messages_per_second", kQuietRate},
          {"reader_p50_us", read.percentile_us(50)},
          {"reader_p99_us", read.percentile_us(99)},
          {"sender_acknowledged_p50_us", stored.percentile_us(50)},
          {"sender_acknowledged_p99_us", stored.percentile_us(99)}};
}

}  // namespace bisik::server::bench
