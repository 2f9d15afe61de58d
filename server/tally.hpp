// How often something happened to whom in the present period: bounded in keys, forgotten as a whole
// when the period ends. In memory alone: a restart begins anew, which is as good as a new period.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "server/time.hpp"
#include "storage/types.hpp"

namespace bisik::server {

class Tally {
 public:
  Tally(std::chrono::seconds period, std::size_t max_keys) : period_{period}, max_keys_{max_keys} {}

  // Counts one more and says the how-manieth it was; kUncounted where there is no room for another
  // key.
  static constexpr std::uint64_t kUncounted = UINT64_MAX;
  std::uint64_t count(const storage::Id& key, Time now);

  // `more` at once, or nothing where it would be above `most` or there is no room for another key.
  bool add(const storage::Id& key, std::uint64_t more, std::uint64_t most, Time now);

  // Until the period ends.
  [[nodiscard]] std::chrono::seconds left(Time now) const;

 private:
  void begin_period(Time now);

  std::chrono::milliseconds period_;
  std::size_t max_keys_;
  std::chrono::milliseconds started_{0};
  std::map<storage::Id, std::uint64_t> counts_;
};

}  // namespace bisik::server
