// Which message is handed over next: those of one chat one after the other, in order, those of
// different chats at the same time, a bounded number. A chat whose message failed waits, longer
// each time, and begins again with that message; the others go on. Knows cursors only; decides
// without I/O.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace bisik::client {

class Schedule {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Schedule(std::size_t parallel) : parallel_{parallel} {}

  // Cursors rise within a chat.
  void add(const std::string& chat, std::uint64_t cursor);
  // The next one; it runs until one of the following says how it ended.
  [[nodiscard]] std::optional<std::uint64_t> next(Time now);
  void succeeded(std::uint64_t cursor);
  // It comes again. How long its chat waits.
  std::chrono::milliseconds failed(std::uint64_t cursor, Time now);

  [[nodiscard]] std::size_t known() const noexcept { return known_; }
  [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }
  // When next() may have something that it has not now.
  [[nodiscard]] std::optional<Time> wakes_at() const;

 private:
  struct Chat {
    std::deque<std::uint64_t> cursors;  // the first one may be running
    bool runs = false;
    std::chrono::milliseconds pause{0};  // after the last failure
    Time not_before{};
  };
  using Chats = std::map<std::string, Chat>;
  [[nodiscard]] Chats::iterator take(std::uint64_t cursor);

  std::size_t parallel_;
  std::size_t known_ = 0;
  Chats chats_;                                       // those with something to hand over
  std::map<std::uint64_t, Chats::iterator> running_;  // by cursor
};

}  // namespace bisik::client
