// Who is let in, before anything is known about them but where they come from: how many connections
// there may be, how many of them may still be shaking hands and for how long, and how fast a prefix
// may send. Decides only; the listener closes, the session waits.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "server/limits.hpp"
#include "server/operation.hpp"
#include "server/prefix.hpp"
#include "server/rate.hpp"
#include "server/time.hpp"

namespace bisik::server {

class Admission {
 public:
  using From = std::optional<Prefix>;  // none: shared by many, and not counted

  // `limits` must outlive it.
  explicit Admission(const Limits& limits) : limits_{limits} {}

  enum class Verdict {
    admitted,  // closed() must follow
    full,      // the others: there is no room, close it at once
    prefix,    // too many or too fast from there
  };
  [[nodiscard]] Verdict admit(ConnectionId connection, const From& from, Time now);
  void established(ConnectionId connection, const From& from);
  // After admit(): the one that has taken longest, if there are more unfinished ones than there may
  // be. It is to be closed. Whoever means well needs two round trips, and is gone from their number
  // before those who came later have pushed it to the front.
  [[nodiscard]] std::optional<ConnectionId> one_too_many();
  // Admitted, and neither established nor one too many.
  [[nodiscard]] bool is_unfinished(ConnectionId connection) const {
    return unfinished_.contains(connection);
  }
  void closed(ConnectionId connection, const From& from);

  // So many bytes have come: how long to read no more.
  [[nodiscard]] std::chrono::milliseconds received(const From& from, std::size_t bytes, Time now);

  // Those whose time for the handshake is over, each once.
  [[nodiscard]] std::vector<ConnectionId> overdue(Time now);

  [[nodiscard]] std::size_t unfinished() const noexcept { return unfinished_.size(); }
  [[nodiscard]] std::size_t prefixes() const noexcept { return neighbours_.size(); }

 private:
  struct Deadline {
    std::chrono::milliseconds at;
    ConnectionId connection;
  };
  // All from one prefix.
  struct Neighbours {
    std::uint64_t connections = 0;
    std::uint64_t unfinished = 0;
    Rate handshakes;
    Rate bytes;
  };

  [[nodiscard]] bool admit_neighbour(const Prefix& prefix, Time now);
  // Of whom nobody is connected, and nothing has to be remembered.
  void forget_idle(Time now);

  const Limits& limits_;
  std::uint64_t connections_ = 0;
  std::map<ConnectionId, From> unfinished_;  // by their numbers: in the order in which they came
  std::deque<Deadline> deadlines_;  // in order: all have the same time. Finished ones stay in it
  std::map<Prefix, Neighbours> neighbours_;
  std::chrono::milliseconds last_forgotten_{0};
};

}  // namespace bisik::server
