// Cells as people send and read them, a sender and a reader for each mailbox: every cell has bytes
// and an envelope id of its own, every answer is counted, and anything but success throws Problem.
#pragma once

#include <chrono>
#include <deque>
#include <string>

#include "server/bench/resident.hpp"

namespace bisik::server::bench {

using Clock = std::chrono::steady_clock;

// Writes into one mailbox, on an anonymous connection.
class Sender {
 public:
  // Everything outlives it. `name` tells its envelope ids from those of other senders.
  Sender(boost::asio::io_context& io, const RelayProcess& relay, const Resident& reader,
         std::uint64_t name);

  [[nodiscard]] Client& client() noexcept { return client_; }
  void start();

  void send();  // leaves with the client's next flush()
  // Sends until so many of its cells are on their way, and flushes.
  void fill(std::uint64_t window, std::uint64_t at_most);

  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_at_.size(); }
  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
  [[nodiscard]] Clock::time_point sent_at(std::uint64_t index) const { return sent_at_[index]; }

  [[nodiscard]] std::string envelope_id(std::uint64_t index) const;

  std::function<void(std::uint64_t index)> on_answer = [](std::uint64_t) {};
  // Anything but success; whoever wants to go on says so here.
  std::function<void(const pb::Response&)> on_refusal;
  std::function<void()> on_pause = [] {};

 private:
  Client client_;
  pb::Request cell_;
  std::uint64_t name_;
  std::vector<Clock::time_point> sent_at_;
  std::uint64_t answered_ = 0;
};

// Which cell of its sender this is.
[[nodiscard]] std::uint64_t index_of(const pb::Cell& cell);

// Reads one mailbox and acknowledges everything, one request for what has arrived together.
class Reader {
 public:
  Reader(boost::asio::io_context& io, const RelayProcess& relay, const Resident& resident);

  // Connects and subscribes; returns when the relay has agreed.
  [[nodiscard]] boost::asio::awaitable<void> open();
  // After open(): pushes are told from here on.
  void start();
  void close() { client_.close(); }

  [[nodiscard]] std::uint64_t waiting() const noexcept { return waiting_; }  // when it subscribed
  [[nodiscard]] std::uint64_t pushed() const noexcept { return pushed_; }
  // In the order in which they were pushed: so many it has asked to be rid of, and is.
  [[nodiscard]] std::uint64_t asked() const noexcept { return asked_; }
  [[nodiscard]] std::uint64_t acknowledged() const noexcept { return acknowledged_; }

  std::function<void(const pb::Cell&)> on_push = [](const pb::Cell&) {};

 private:
  void handle(const pb::FromRelay& message);
  void acknowledge();

  Client client_;
  const Resident& resident_;
  pb::Request acknowledgement_;
  std::deque<std::uint64_t> unanswered_;  // how many each request acknowledges, oldest first
  std::uint64_t waiting_ = 0;
  std::uint64_t pushed_ = 0;
  std::uint64_t asked_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace bisik::server::bench
