#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "server/bench/steps.hpp"

namespace bisik::server::bench {
namespace {

// A few messages at a time, each of which finds the relay at rest.
constexpr std::uint64_t kQuietRate = 200;  // messages in a second
constexpr std::chrono::seconds kPatience{60};
constexpr std::uint64_t kNoEnd = UINT64_MAX;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>{Clock::now() - start}.count();
}

// All the pairs on their connections.
struct Pairs {
  Pairs(Scene& of, bool with_senders, bool with_readers) : scene{of} {
    for (const auto& resident : of.people()) {
      if (with_senders) senders.push_back(sender_to(resident));
      if (with_readers) readers.push_back(std::make_unique<Reader>(io, of.relay, resident));
    }
    run(io, open());
  }

  std::unique_ptr<Sender> sender_to(const Resident& resident) {
    constexpr std::uint64_t names_apart = 1U << 30U;
    return std::make_unique<Sender>(io, scene.relay, resident, ++scene.senders * names_apart);
  }
  boost::asio::awaitable<void> open() {
    for (auto& reader : readers) co_await reader->open();
    for (auto& sender : senders) co_await sender->client().connect();
  }
  void start() {
    for (auto& reader : readers) reader->start();
    for (auto& sender : senders) sender->start();
  }

  struct Counts {
    std::uint64_t sent = 0, answered = 0, waiting = 0, pushed = 0, acknowledged = 0;
  };
  [[nodiscard]] Counts counts() const {
    Counts all;
    for (const auto& sender : senders) {
      all.sent += sender->sent();
      all.answered += sender->answered();
    }
    for (const auto& reader : readers) {
      all.waiting += reader->waiting();
      all.pushed += reader->pushed();
      all.acknowledged += reader->acknowledged();
    }
    return all;
  }
  // Everything that was sent, or had waited, is on the disk, with its reader, and taken away again.
  [[nodiscard]] bool settled() const {
    const auto all = counts();
    const auto to_read = readers.empty() ? 0 : all.sent + all.waiting;
    return all.answered == all.sent && all.pushed == to_read && all.acknowledged == to_read;
  }

  Scene& scene;
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<Sender>> senders;
  std::vector<std::unique_ptr<Reader>> readers;
};

// What has been left in the mailboxes by an earlier run would be read instead.
void empty_mailboxes(Scene& scene) {
  Pairs pairs{scene, false, true};
  pairs.start();
  run(pairs.io, kPatience, [&] { return pairs.settled(); });
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
  if (scene.options.steps.size() == 1) (void)measure_store(scene);
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

namespace {

// Messages at fixed moments, whether or not the last ones have arrived.
boost::asio::awaitable<void> send_at_quiet_rate(Pairs& pairs, std::uint64_t count) {
  boost::asio::steady_timer timer{pairs.io};
  auto moment = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    moment += std::chrono::microseconds{1'000'000 / kQuietRate};
    timer.expires_at(moment);
    co_await timer.async_wait(proto::kUseTuple);
    auto& sender = *pairs.senders[i % pairs.senders.size()];
    sender.send();
    sender.client().flush();
  }
}

void take_times(Pairs& pairs, Samples& stored, Samples& read) {
  for (std::size_t i = 0; i < pairs.senders.size(); ++i) {
    auto* sender = pairs.senders[i].get();
    sender->on_answer = [sender, &stored](std::uint64_t index) {
      stored.add(Clock::now() - sender->sent_at(index));
    };
    pairs.readers[i]->on_push = [sender, &read](const pb::Cell& cell) {
      read.add(Clock::now() - sender->sent_at(index_of(cell)));
    };
  }
}

}  // namespace

Figures measure_latency(Scene& scene) {
  empty_mailboxes(scene);
  Pairs pairs{scene, true, true};
  Samples stored;
  Samples read;
  take_times(pairs, stored, read);
  const auto count = 1 + static_cast<std::uint64_t>(scene.options.seconds * kQuietRate);
  pairs.start();
  run(pairs.io, send_at_quiet_rate(pairs, count));
  run(pairs.io, kPatience, [&] { return pairs.settled(); });
  return {{"messages_per_second", kQuietRate},
          {"reader_p50_us", read.percentile_us(50)},
          {"reader_p99_us", read.percentile_us(99)},
          {"sender_acknowledged_p50_us", stored.percentile_us(50)},
          {"sender_acknowledged_p99_us", stored.percentile_us(99)}};
}

}  // namespace bisik::server::bench
