#include "server/switchboard.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <vector>

namespace bisik::server {

Switchboard::Switchboard(boost::asio::io_context& io, storage::RelayStore& store, Clerk& clerk,
                         const Limits& limits, Time (*now)())
    : io_{io},
      limits_{limits},
      now_{now},
      relay_{limits},
      store_thread_{store, clerk, now, *this} {}

void Switchboard::connect(ConnectionId connection, const Peer& peer, Line& line) {
  lines_.emplace(connection, &line);
  relay_.on_connected(connection, peer, now_());
  if (wound_up_) line.finish();
}

void Switchboard::receive(ConnectionId connection, crypto::ByteView frame) {
  if (wound_up_) return;
  carry_out(relay_.on_frame(connection, frame, now_()));
}

void Switchboard::disconnect(ConnectionId connection) {
  lines_.erase(connection);
  carry_out(relay_.on_disconnected(connection));
  finish_if_wound_up();
}

void Switchboard::tick() {
  carry_out(relay_.on_tick(now_()));
  cut_slow_readers();
}

// What is unsent grows by what the store thread reads in a second, at most, until the next tick.
void Switchboard::cut_slow_readers() {
  std::size_t all = 0;
  std::vector<std::pair<std::size_t, Line*>> slow;
  for (const auto& [id, line] : lines_) {
    const auto unsent = line->unsent_bytes();
    all += unsent;
    if (unsent > 0) slow.emplace_back(unsent, line);
  }
  std::ranges::sort(slow, std::ranges::greater{}, &std::pair<std::size_t, Line*>::first);
  for (const auto& [unsent, line] : slow) {
    if (all <= limits_.unsent_bytes_of_all) return;
    all -= unsent;
    ++counts().slow_readers;
    line->cut();
  }
}

void Switchboard::carry_out(Effects effects) {
  std::set<ConnectionId> touched;
  for (const auto& frame : effects.frames) {
    const auto line = lines_.find(frame.to);
    if (line == lines_.end()) continue;
    line->second->send(frame.message);
    touched.insert(frame.to);
  }
  for (const auto id : touched) {
    auto& line = *lines_.at(id);
    line.flush();
    if (line.unsent_bytes() <= limits_.unsent_bytes) continue;
    ++counts().slow_readers;
    line.cut();
  }
  for (const auto id : effects.close) {
    const auto line = lines_.find(id);
    if (line != lines_.end()) line->second->finish();
  }
  store_thread_.submit(std::move(effects.operations));
}

void Switchboard::executed(std::vector<Outcome> outcomes) {
  auto deliver = [this, outcomes = std::move(outcomes)]() mutable {
    carry_out(relay_.on_executed(std::move(outcomes)));
  };
  boost::asio::post(io_, std::move(deliver));
}

void Switchboard::committed() {
  boost::asio::post(io_, [this] {
    carry_out(relay_.on_committed());
    finish_if_wound_up();
  });
}

void Switchboard::undone() {
  boost::asio::post(io_, [this] { carry_out(relay_.on_undone()); });
}

void Switchboard::took(std::chrono::microseconds commit) {
  boost::asio::post(io_, [this, commit] { relay_.on_timed(commit); });
}

void Switchboard::failed(std::exception_ptr error) {
  boost::asio::post(io_, [error] { std::rethrow_exception(error); });
}

void Switchboard::wind_up(std::function<void()> done) {
  wound_up_ = std::move(done);
  finish_if_wound_up();
}

void Switchboard::cut() {
  for (const auto& [id, line] : lines_) line->cut();
}

void Switchboard::finish_if_wound_up() {
  if (!wound_up_ || relay_.operations_waiting() > 0) return;
  if (lines_.empty()) {
    wound_up_();
    return;
  }
  for (const auto& [id, line] : lines_) line->finish();
}

}  // namespace bisik::server
