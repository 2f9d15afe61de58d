#include "server/bench/pairs.hpp"

#include <boost/asio/steady_timer.hpp>

namespace bisik::server::bench {

Pairs::Pairs(Scene& of, bool with_senders, bool with_readers) : scene{of} {
  for (const auto& resident : of.people()) {
    if (with_senders) senders.push_back(sender_to(resident));
    if (with_readers) readers.push_back(std::make_unique<Reader>(io, of.relay, resident));
  }
  run(io, open());
}

std::unique_ptr<Sender> Pairs::sender_to(const Resident& resident) {
  constexpr std::uint64_t names_apart = 1U << 30U;
  return std::make_unique<Sender>(io, scene.relay, resident, ++scene.senders * names_apart);
}

boost::asio::awaitable<void> Pairs::open() {
  for (auto& reader : readers) co_await reader->open();
  for (auto& sender : senders) co_await sender->client().connect();
}

void Pairs::start() {
  for (auto& reader : readers) reader->start();
  for (auto& sender : senders) sender->start();
}

Pairs::Counts Pairs::counts() const {
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

bool Pairs::settled() const {
  const auto all = counts();
  const auto to_read = readers.empty() ? 0 : all.sent + all.waiting;
  return all.answered == all.sent && all.pushed == to_read && all.acknowledged == to_read;
}

void empty_mailboxes(Scene& scene) {
  Pairs pairs{scene, false, true};
  pairs.start();
  run(pairs.io, kPatience, [&] { return pairs.settled(); });
}

boost::asio::awaitable<void> send_at_rate(Pairs& pairs, Senders senders, std::uint64_t rate,
                                          std::uint64_t count) {
  boost::asio::steady_timer timer{pairs.io};
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto moment = start + std::chrono::microseconds{(i + 1) * 1'000'000 / rate};
    if (moment > Clock::now()) {
      timer.expires_at(moment);
      co_await timer.async_wait(proto::kUseTuple);
    }
    auto& sender = *senders[i % senders.size()];
    sender.send();
    sender.client().flush();
  }
}

void take_times(Pairs& pairs, std::size_t first, Samples& stored, Samples& read) {
  for (std::size_t i = 0; i < first; ++i) {
    auto* sender = pairs.senders[i].get();
    sender->on_answer = [sender, &stored](std::uint64_t index) {
      stored.add(Clock::now() - sender->sent_at(index));
    };
    pairs.readers[i]->on_push = [sender, &read](const pb::Cell& cell) {
      read.add(Clock::now() - sender->sent_at(index_of(cell)));
    };
  }
}

}  // namespace bisik::server::bench
