// One message on its way to whoever handles it: a program that was started, or a request over HTTP.
// Waited for and moved on as client/door/program.hpp is; ended at the latest a little after its
// deadline. What is still going when it is destroyed is ended then.
#pragma once

#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bisik::client {

class Errand {
 public:
  using Clock = std::chrono::steady_clock;

  Errand() = default;
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;
  virtual ~Errand() = default;

  // How it ended. `why_not`: it failed, in words that fit behind "failed: ".
  struct Ending {
    std::optional<std::string> why_not;
  };
  // Everything that can be done without waiting.
  [[nodiscard]] virtual std::optional<Ending> go_on() = 0;
  virtual void add_waits(std::vector<pollfd>& waits) const = 0;
  // When to call go_on() anyway.
  [[nodiscard]] virtual Clock::time_point wakes_at() const = 0;
};

// Makes errands, all of one kind.
class Errands {
 public:
  virtual ~Errands() = default;
  // With this as its text: one JSON object, one line.
  [[nodiscard]] virtual std::unique_ptr<Errand> begin(const std::string& json,
                                                      Errand::Clock::time_point deadline) = 0;
};

}  // namespace bisik::client
