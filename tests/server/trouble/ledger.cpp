#include "tests/server/trouble/ledger.hpp"

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <stdexcept>
#include <utility>

#include "server/problem.hpp"

namespace bisik::server::trouble {
namespace {

constexpr std::uint64_t kWindow = 8;  // cells of a sender on their way
constexpr std::uint64_t kNamesApart = 1U << 30U;
constexpr std::chrono::seconds kPatience{60};

void require_patience(const bench::pb::Response& response) {
  if (response.status() == bench::pb::STATUS_BUSY && response.retry_after_seconds() > 0) return;
  throw std::runtime_error{"a sender was refused with status " + std::to_string(response.status()) +
                           " and told to come back in " +
                           std::to_string(response.retry_after_seconds()) + " s"};
}

}  // namespace

struct Ledger::Life {
  const bench::RelayProcess& relay;
  std::function<void()> end = {};
  bool is_time = false;
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<bench::Sender>> senders = {};
  std::vector<std::unique_ptr<bench::Reader>> readers = {};
  std::vector<Box*> read = {};  // by the reader of the same place
};

Ledger::Ledger(const bench::RelayProcess& relay, std::size_t people) {
  const auto invite = relay.invite(static_cast<std::uint32_t>(people));
  boost::asio::io_context io{1};
  for (std::size_t i = 0; i < people; ++i) {
    boxes_.push_back({.resident = {invite, bench::Resident::OneTimeKeys::none}});
    bench::run(io, bench::register_at(io, relay, boxes_.back().resident));
  }
}

void Ledger::check(const bench::RelayProcess& relay) {
  for (auto& box : boxes_) {
    boost::asio::io_context io{1};
    bench::Reader reader{io, relay, box.resident};
    std::set<std::string> waiting;
    reader.on_push = [&](const bench::pb::Cell& cell) {
      const bool again = !waiting.insert(cell.envelope_id()).second;
      if (again || box.gone.contains(cell.envelope_id())) ++came_back_;
    };
    bench::run(io, reader.open());
    reader.start();
    bench::run(io, kPatience, [&] {
      return reader.pushed() >= reader.waiting() && reader.acknowledged() == reader.pushed();
    });
    for (const auto& id : box.kept) lost_ += waiting.contains(id) ? 0 : 1;
    box.kept.clear();
    taken_ += waiting.size();
    box.gone.merge(waiting);
    reader.close();
  }
}

void Ledger::attach(Life& life, Box& box, std::uint64_t name, bool reads) {
  auto& sender = *life.senders.emplace_back(
      std::make_unique<bench::Sender>(life.io, life.relay, box.resident, name * kNamesApart));
  sender.on_answer = [this, &life, &box, &sender](std::uint64_t index) {
    if (std::exchange(life.is_time, false)) life.end();
    box.kept.insert(sender.envelope_id(index));
    ++answered_;
  };
  sender.on_pause = [&sender] { sender.fill(kWindow, UINT64_MAX); };
  sender.on_refusal = [this, &sender, first = true](const bench::pb::Response& response) mutable {
    require_patience(response);
    sender.on_pause = [] {};  // those that are on their way are refused as well
    if (std::exchange(first, false)) ++refused_;
  };
  bench::run(life.io, sender.client().connect());
  if (!reads) return;
  auto& reader = *life.readers.emplace_back(
      std::make_unique<bench::Reader>(life.io, life.relay, box.resident));
  life.read.push_back(&box);
  box.pushed.clear();
  bench::run(life.io, reader.open());
  reader.on_push = [&box](const bench::pb::Cell& cell) {
    box.pushed.push_back(cell.envelope_id());
  };
}

void Ledger::load(const bench::RelayProcess& relay, std::chrono::milliseconds time,
                  const std::function<void()>& end) {
  Life life{.relay = relay, .end = end};
  refused_ = 0;
  try {
    for (std::size_t i = 0; i < boxes_.size(); ++i) attach(life, boxes_[i], ++names_, i % 2 == 0);
    for (auto& reader : life.readers) reader->start();
    for (auto& sender : life.senders) {
      sender->start();
      sender->fill(kWindow, UINT64_MAX);
    }
    boost::asio::steady_timer timer{life.io, time};
    timer.async_wait([&](boost::system::error_code) { life.is_time = true; });
    bench::run(life.io, kPatience + time, [&] { return refused_ == boxes_.size(); });
  } catch (const Problem&) {
    // the end, as it was meant to be
  }
  for (std::size_t i = 0; i < life.readers.size(); ++i) settle(*life.read[i], *life.readers[i]);
}

void Ledger::settle(Box& box, const bench::Reader& reader) {
  for (std::uint64_t i = 0; i < reader.asked(); ++i) box.kept.erase(box.pushed[i]);
  for (std::uint64_t i = 0; i < reader.acknowledged(); ++i) box.gone.insert(box.pushed[i]);
}

}  // namespace bisik::server::trouble
