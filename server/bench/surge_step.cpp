#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>

#include "proto/limits.hpp"
#include "server/bench/pairs.hpp"
#include "server/limits.hpp"
#include "server/problem.hpp"

namespace bisik::server::bench {
namespace {

// Everyone comes at once: so many times what a relay is used to.
constexpr std::uint64_t kSurge = 36;
constexpr std::uint64_t kNewcomersRate = 1;  // in a second, with a mailbox and a queue for a group
constexpr std::size_t kSteadyPairs = 8;
// Who may write there: as many as a queue can be created with.
constexpr std::uint32_t kGroupSize = proto::kMaxWriteKeysAtCreate;

// An answer other than OK: nothing but "come back later" is one in a surge.
void expect_told_to_wait(const pb::Response& response) {
  const bool full = response.status() == pb::STATUS_BUSY || response.status() == pb::STATUS_QUOTA;
  if (full && response.retry_after_seconds() > 0) return;
  throw Problem{Exit::relay, "In a surge the relay refuses with status " +
                                 std::to_string(response.status()) + "."};
}

// Those who come in a surge: what they did, and how often a relay has asked them to wait. They are
// nobody whose time is taken, and what they compute holds up nobody whose time is: they have a
// thread of their own.
struct Crowd {
  boost::asio::io_context io{1};
  std::vector<Resident> people = {};
  std::uint64_t registered = 0;
  std::uint64_t asked_to_wait = 0;
  std::size_t ended = 0;

  void refused(const pb::Response& response) {
    expect_told_to_wait(response);
    ++asked_to_wait;
  }
};

boost::asio::awaitable<void> come(const RelayProcess& relay, Crowd& crowd, Resident& newcomer) {
  Client client{crowd.io, relay};
  co_await client.connect(newcomer.network_key());
  const auto registered =
      co_await client.ask(newcomer.registration(client.handshake_hash(), relay.key()));
  if (registered.status() == pb::STATUS_OK) {
    ++crowd.registered;
    const auto created = co_await client.ask(newcomer.queue_for(kGroupSize));
    if (created.status() != pb::STATUS_OK) crowd.refused(created);
  } else {
    crowd.refused(registered);
  }
  client.close();
  ++crowd.ended;
}

boost::asio::awaitable<void> come_at_rate(const RelayProcess& relay, Crowd& crowd) {
  boost::asio::steady_timer timer{crowd.io};
  const auto start = Clock::now();
  for (std::size_t i = 0; i < crowd.people.size(); ++i) {
    timer.expires_at(start + std::chrono::microseconds{i * 1'000'000 / (kSurge * kNewcomersRate)});
    co_await timer.async_wait(proto::kUseTuple);
    boost::asio::co_spawn(crowd.io, come(relay, crowd, crowd.people[i]), rethrow);
  }
}

void let_all_come(const RelayProcess& relay, Crowd& crowd, std::chrono::milliseconds patience) {
  boost::asio::co_spawn(crowd.io, come_at_rate(relay, crowd), rethrow);
  run(crowd.io, patience, [&] { return crowd.ended == crowd.people.size(); });
}

void gather(const Scene& scene, Crowd& crowd) {
  constexpr std::size_t most = Limits{}.invite_uses;
  const auto count =
      1 + static_cast<std::size_t>(scene.options.seconds * double{kSurge * kNewcomersRate});
  for (std::size_t i = 0; i < count; i += most) {
    const auto some = static_cast<std::uint32_t>(std::min(most, count - i));
    const auto invite = scene.relay.invite(some);
    for (std::uint32_t j = 0; j < some; ++j) {
      crowd.people.emplace_back(invite, Resident::OneTimeKeys::full_batches);
    }
  }
}

// Beside each other, until all have ended.
void run_all(Pairs& pairs, std::vector<boost::asio::awaitable<void>> tasks,
             std::chrono::milliseconds patience) {
  std::size_t running = tasks.size();
  for (auto& task : tasks) {
    boost::asio::co_spawn(pairs.io, std::move(task), [&running](std::exception_ptr error) {
      rethrow(error);
      --running;
    });
  }
  run(pairs.io, patience, [&] { return running == 0; });
}

}  // namespace

// How long a few wait for each other's messages while nothing else happens, and while everyone
// comes: registrations with all keys, queues of the size of a group, and messages among the rest.
Figures measure_surge(Scene& scene) {
  Crowd crowd;
  gather(scene, crowd);
  empty_mailboxes(scene);
  Pairs pairs{scene, true, true};
  const auto few = std::min(kSteadyPairs, std::max<std::size_t>(pairs.senders.size() / 2, 1));
  const Senders steady = std::span{pairs.senders}.first(few);
  const Senders others = std::span{pairs.senders}.subspan(std::min(few, pairs.senders.size() - 1));
  const auto count = 1 + static_cast<std::uint64_t>(scene.options.seconds * kQuietRate);
  const auto patience =
      kPatience + 2 * std::chrono::ceil<std::chrono::seconds>(time_of(scene.options));

  Samples stored;
  Samples before;
  take_times(pairs, few, stored, before);
  pairs.start();
  std::vector<boost::asio::awaitable<void>> tasks;
  tasks.push_back(send_at_rate(pairs, steady, kQuietRate, count));
  run_all(pairs, std::move(tasks), patience);
  run(pairs.io, kPatience, [&] { return pairs.settled(); });

  Samples during;
  take_times(pairs, few, stored, during);
  std::uint64_t refused = 0;
  for (const auto& sender : others) {
    sender->on_refusal = [&](const pb::Response& response) {
      expect_told_to_wait(response);
      ++refused;
    };
  }
  const auto start = Clock::now();
  tasks.clear();
  tasks.push_back(send_at_rate(pairs, steady, kQuietRate, count));
  tasks.push_back(send_at_rate(pairs, others, kSurge * kQuietRate, kSurge * count));
  auto coming = std::async(std::launch::async, [&] { let_all_come(scene.relay, crowd, patience); });
  run_all(pairs, std::move(tasks), patience);
  coming.get();
  run(pairs.io, kPatience, [&] {
    const auto all = pairs.counts();
    return all.answered + refused == all.sent && all.acknowledged == all.answered + all.waiting;
  });
  const auto seconds = std::chrono::duration<double>{Clock::now() - start}.count();
  return {{"messages_per_second", double(kSurge * count - refused) / seconds},
          {"registrations_per_second", double(crowd.registered) / seconds},
          {"asked_to_wait", double(crowd.asked_to_wait + refused)},
          {"reader_p99_us_before", before.percentile_us(99)},
          {"reader_p99_us", during.percentile_us(99)},
          {"ratio", during.percentile_us(99) / before.percentile_us(99)}};
}

}  // namespace bisik::server::bench
