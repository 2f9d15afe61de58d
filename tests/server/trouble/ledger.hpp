// Who was promised what, over many lives of one relay: senders that were told "it is on the disk",
// readers that were told "it is gone". check() asks the relay for all that waits and compares.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "server/bench/traffic.hpp"

namespace bisik::server::trouble {

class Ledger {
 public:
  // So many people register. A sender writes to each; those with an even number read at once, the
  // others only when it is checked.
  Ledger(const bench::RelayProcess& relay, std::size_t people);

  // Everybody reads, and is rid of, all that waits.
  void check(const bench::RelayProcess& relay);

  // Sends and reads until the relay hangs up on somebody, which `end` may bring about after so
  // long, until `end` throws Problem, or until everybody who sends has been refused.
  void load(const bench::RelayProcess& relay, std::chrono::milliseconds time,
            const std::function<void()>& end);

  [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
  // Of senders, in the last load(): told to come back later.
  [[nodiscard]] std::size_t refused() const noexcept { return refused_; }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
  [[nodiscard]] std::uint64_t came_back() const noexcept { return came_back_; }
  [[nodiscard]] bool sound() const noexcept { return lost_ == 0 && came_back_ == 0; }

 private:
  struct Box {
    bench::Resident resident;
    std::set<std::string> kept = {};       // answered, and no reader has asked to be rid of it
    std::set<std::string> gone = {};       // a reader is rid of it
    std::vector<std::string> pushed = {};  // in this life
  };
  struct Life;

  void attach(Life& life, Box& box, std::uint64_t name, bool reads);
  static void settle(Box& box, const bench::Reader& reader);

  std::vector<Box> boxes_;
  std::uint64_t names_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t came_back_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace bisik::server::trouble
