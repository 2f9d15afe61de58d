#include "server/sweeper.hpp"

namespace bisik::server {

Swept Sweeper::sweep(Time now) {
  calendar_.follow(now);
  const storage::Day today = calendar_.today(now);
  // Invites and write keys are refused by the wall clock, but deleted by the calendar.
  const storage::UnixSeconds midnight = today * std::chrono::seconds{kDay}.count();
  const auto most = std::max({
      store_.cells().sweep(today, kSweepRows),
      store_.cells().sweep_envelopes(today, kSweepRows),
      store_.invites().sweep(midnight, kSweepRows),
      store_.queues().sweep_write_keys(midnight, kSweepRows),
  });
  return {.more = most == kSweepRows};
}

}  // namespace bisik::server
