#include "server/sweeper.hpp"

namespace bisik::server {

Swept Sweeper::sweep(Time now) {
  calendar_.follow(now);
  const storage::Day today = calendar_.today(now);
  // Invites, grants and write keys are refused by the wall clock, but deleted by the calendar.
  const storage::UnixSeconds midnight = today * std::chrono::seconds{kDay}.count();
  // Queues of an owner that end live for minutes: a calendar of days cannot tell when. A clock that
  // jumps costs an attempt at linking a device, which people begin anew. Those of groups are there
  // for weeks, and end by the calendar.
  auto queues = store_.queues().sweep(now.wall.time_since_epoch().count(), midnight, kSweepQueues);
  const auto most = std::max({
      store_.cells().sweep(today, kSweepRows),
      store_.cells().sweep_envelopes(today, kSweepRows),
      store_.invites().sweep(midnight, kSweepRows),
      store_.grants().sweep(midnight, kSweepRows),
      store_.queues().sweep_write_keys(midnight, kSweepRows),
  });
  const bool more = most == kSweepRows || std::ssize(queues) == kSweepQueues;
  return {.more = more, .queues = std::move(queues)};
}

}  // namespace bisik::server
