// Somebody else's program at the other end of a stream, as the host sees it: waited for, and moved
// on when something happened.
#pragma once

#include <poll.h>

#include <chrono>
#include <optional>
#include <vector>

namespace bisik::client {

class Program {
 public:
  using Clock = std::chrono::steady_clock;

  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  virtual ~Program() = default;

  // What to wait for before the next go_on().
  virtual void add_waits(std::vector<pollfd>& waits) const = 0;
  // Or when to call it anyway.
  [[nodiscard]] virtual std::optional<Clock::time_point> wakes_at() const { return std::nullopt; }
  // Everything that can be done without waiting. Throws what Session throws.
  virtual void go_on() = 0;

  // Nothing more is read or handed out; what was begun is still answered.
  virtual void stop() = 0;
  // Has not shown the token yet that its door asks for: gives way to whoever comes in.
  [[nodiscard]] virtual bool is_stranger() const { return false; }
  // The program is gone, or nothing more will come of it.
  [[nodiscard]] virtual bool over() const = 0;
};

}  // namespace bisik::client
