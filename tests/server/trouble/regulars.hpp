// People who use a relay as it is meant to be used, at a quiet pace, and how long they wait: cells
// from senders to readers, and logins of those who just come.
#pragma once

#include <memory>

#include "server/bench/figures.hpp"
#include "server/bench/traffic.hpp"

namespace bisik::server::trouble {

struct Waited {
  bench::Samples login = {};   // TCP, Noise, the first answer
  bench::Samples stored = {};  // until a sender is told
  bench::Samples read = {};    // until a reader has it
  std::uint64_t refused = 0;   // logins that came to nothing
};

class Regulars {
 public:
  // Registers and connects them. The relay outlives it.
  explicit Regulars(const bench::RelayProcess& relay);

  // Sends, reads and logs in for so long. Throws Problem if the relay ends one of the connections
  // or leaves anything without an answer.
  [[nodiscard]] Waited use(std::chrono::milliseconds time);

 private:
  [[nodiscard]] boost::asio::awaitable<void> send(bench::Clock::time_point end);
  [[nodiscard]] boost::asio::awaitable<void> log_in(Waited& waited, bench::Clock::time_point end);
  [[nodiscard]] bool settled() const;

  const bench::RelayProcess& relay_;
  std::vector<bench::Resident> people_;
  boost::asio::io_context io_{1};
  std::vector<std::unique_ptr<bench::Sender>> senders_;
  std::vector<std::unique_ptr<bench::Reader>> readers_;
};

}  // namespace bisik::server::trouble
