// Who is let in, before anything is known about them: how many connections there may be, how many
// of them may still be shaking hands, and for how long. Decides only; the listener closes.
#pragma once

#include <deque>
#include <set>
#include <vector>

#include "server/limits.hpp"
#include "server/operation.hpp"
#include "server/time.hpp"

namespace bisik::server {

class Admission {
 public:
  // `limits` must outlive it.
  explicit Admission(const Limits& limits) : limits_{limits} {}

  // False: there is no room, close it at once. True: closed() must follow.
  [[nodiscard]] bool admit(ConnectionId connection, Time now);
  void established(ConnectionId connection) { unfinished_.erase(connection); }
  void closed(ConnectionId connection);

  // Those whose time for the handshake is over, each once.
  [[nodiscard]] std::vector<ConnectionId> overdue(Time now);

 private:
  struct Deadline {
    std::chrono::milliseconds at;
    ConnectionId connection;
  };

  const Limits& limits_;
  std::uint64_t connections_ = 0;
  std::set<ConnectionId> unfinished_;
  std::deque<Deadline> deadlines_;  // in order: all have the same time. Finished ones stay in it
};

}  // namespace bisik::server
