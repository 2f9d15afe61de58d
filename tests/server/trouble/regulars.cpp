#include "tests/server/trouble/regulars.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/problem.hpp"

namespace bisik::server::trouble {
namespace {

using bench::Clock;

constexpr std::size_t kPairs = 4;
constexpr std::uint64_t kRegularNamesApart = 1U << 30U;
constexpr std::chrono::milliseconds kBetweenCells{5};
constexpr std::chrono::milliseconds kBetweenLogins{20};
constexpr std::chrono::seconds kRegularPatience{60};

bench::pb::Request ping() {
  bench::pb::Request request;
  request.mutable_ping();
  return request;
}

}  // namespace

Regulars::Regulars(const bench::RelayProcess& relay) : relay_{relay} {
  const auto invite = relay.invite(kPairs);
  for (std::size_t i = 0; i < kPairs; ++i) {
    people_.emplace_back(invite, bench::Resident::OneTimeKeys::none);
  }
  for (std::size_t i = 0; i < kPairs; ++i) {
    bench::run(io_, bench::register_at(io_, relay, people_[i]));
    auto& reader = *readers_.emplace_back(std::make_unique<bench::Reader>(io_, relay, people_[i]));
    bench::run(io_, reader.open());
    reader.start();
    auto& sender = *senders_.emplace_back(
        std::make_unique<bench::Sender>(io_, relay, people_[i], (i + 1) * kRegularNamesApart));
    bench::run(io_, sender.client().connect());
    sender.start();
  }
}

Waited Regulars::use(std::chrono::milliseconds time) {
  Waited waited;
  for (std::size_t i = 0; i < kPairs; ++i) {
    auto* sender = senders_[i].get();
    sender->on_answer = [sender, &waited](std::uint64_t index) {
      waited.stored.add(Clock::now() - sender->sent_at(index));
    };
    readers_[i]->on_push = [sender, &waited](const bench::pb::Cell& cell) {
      waited.read.add(Clock::now() - sender->sent_at(bench::index_of(cell)));
    };
  }
  const auto end = Clock::now() + time;
  int ended = 0;
  const auto note = [&](std::exception_ptr error) {
    ++ended;
    if (error) std::rethrow_exception(error);
  };
  boost::asio::co_spawn(io_, send(end), note);
  boost::asio::co_spawn(io_, log_in(waited, end), note);
  bench::run(io_, kRegularPatience + time, [&] { return ended == 2 && settled(); });
  return waited;
}

boost::asio::awaitable<void> Regulars::send(Clock::time_point end) {
  boost::asio::steady_timer timer{io_};
  auto moment = Clock::now();
  for (std::size_t i = 0; moment < end; ++i) {
    auto& sender = *senders_[i % kPairs];
    sender.send();
    sender.client().flush();
    moment += kBetweenCells;
    timer.expires_at(moment);
    co_await timer.async_wait(proto::kUseTuple);
  }
}

boost::asio::awaitable<void> Regulars::log_in(Waited& waited, Clock::time_point end) {
  boost::asio::steady_timer timer{io_};
  while (Clock::now() < end) {
    const auto begun = Clock::now();
    try {
      bench::Client client{io_, relay_};
      co_await client.connect();
      static_cast<void>(co_await client.ask(ping()));
      client.close();
      waited.login.add(Clock::now() - begun);
    } catch (const Problem&) {
      ++waited.refused;
    }
    timer.expires_at(begun + kBetweenLogins);
    co_await timer.async_wait(proto::kUseTuple);
  }
}

bool Regulars::settled() const {
  for (std::size_t i = 0; i < kPairs; ++i) {
    if (senders_[i]->answered() != senders_[i]->sent()) return false;
    if (readers_[i]->acknowledged() != senders_[i]->sent()) return false;
  }
  return true;
}

}  // namespace bisik::server::trouble
