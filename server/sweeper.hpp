// Deletes what has expired, a bounded number of rows at a time, so that a sweep never holds up the
// batch it is part of.
#pragma once

#include "server/calendar.hpp"
#include "server/limits.hpp"
#include "server/outcome.hpp"

namespace bisik::server {

class Sweeper {
 public:
  explicit Sweeper(storage::RelayStore& store) : store_{store}, calendar_{store} {}

  // Inside an open batch.
  [[nodiscard]] Swept sweep(Time now);
  [[nodiscard]] storage::Day today(Time now) { return calendar_.today(now); }

 private:
  storage::RelayStore& store_;
  Calendar calendar_;
};

}  // namespace bisik::server
