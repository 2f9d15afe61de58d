// All the people of a scene on their connections, and what they send at fixed moments.
#pragma once

#include <memory>
#include <span>

#include "server/bench/steps.hpp"

namespace bisik::server::bench {

inline constexpr std::chrono::seconds kPatience{60};

// A few messages at a time, each of which finds the relay at rest.
inline constexpr std::uint64_t kQuietRate = 200;  // messages in a second

struct Pairs {
  Pairs(Scene& of, bool with_senders, bool with_readers);

  void start();

  struct Counts {
    std::uint64_t sent = 0, answered = 0, waiting = 0, pushed = 0, acknowledged = 0;
  };
  [[nodiscard]] Counts counts() const;
  // Everything that was sent, or had waited, is on the disk, with its reader, and taken away again.
  [[nodiscard]] bool settled() const;

  Scene& scene;
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<Sender>> senders;
  std::vector<std::unique_ptr<Reader>> readers;

 private:
  [[nodiscard]] std::unique_ptr<Sender> sender_to(const Resident& resident);
  [[nodiscard]] boost::asio::awaitable<void> open();
};

// What has been left in the mailboxes by an earlier run would be read instead.
void empty_mailboxes(Scene& scene);

using Senders = std::span<const std::unique_ptr<Sender>>;

// So many messages in all, `rate` in a second, by these in turn, whether or not the last ones have
// arrived.
[[nodiscard]] boost::asio::awaitable<void> send_at_rate(Pairs& pairs, Senders senders,
                                                        std::uint64_t rate, std::uint64_t count);

// Of the first so many pairs: until a cell's sender heard that it is stored, and until it was with
// its reader.
void take_times(Pairs& pairs, std::size_t first, Samples& stored, Samples& read);

}  // namespace bisik::server::bench
