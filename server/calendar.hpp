// The day by which things expire: a clock that no jump of the wall clock can hurry.
//
// What decides about deletion is not the wall clock but a day that is kept in the store and follows
// the wall clock one day at a time: at most one step at a start, and then one in every twelve
// hours of running. A clock that is set ten years ahead for an hour therefore deletes nothing; one
// that is set back stops the calendar until it has been caught up. A relay that was off for a
// month keeps what waits a little longer than promised, which harms nobody.
#pragma once

#include "server/time.hpp"
#include "storage/relay_store.hpp"

namespace bisik::server {

class Calendar {
 public:
  // Reads the day that was kept; an empty store begins with today.
  explicit Calendar(storage::RelayStore& store) : store_{store} {}

  // Inside an open batch. Steps towards the wall clock if it is time to.
  void follow(Time now);
  [[nodiscard]] storage::Day today(Time now);

 private:
  storage::RelayStore& store_;
  std::optional<storage::Day> day_;
  std::optional<std::chrono::milliseconds> last_step_;
};

}  // namespace bisik::server
