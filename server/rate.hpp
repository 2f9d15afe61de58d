// How fast something may go on, and how much of it at once: a leaky bucket that is one moment, the
// one at which it would be empty again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace bisik::server {

class Rate {
 public:
  using Moment = std::chrono::microseconds;  // of steady time

  // `count` more, of which `per_second` are lasting: counted whatever comes of it. How long until
  // no more than `burst` is in the bucket; 0: now.
  Moment add(std::uint64_t count, double per_second, Moment burst, Moment now) {
    const auto takes = static_cast<double>(count) * 1e6 / per_second;
    empty_at_ = std::max(empty_at_, now) + Moment{static_cast<std::int64_t>(takes)};
    return std::max(Moment{0}, empty_at_ - now - burst);
  }
  // The same, but nothing is counted if it is too much.
  [[nodiscard]] bool try_add(std::uint64_t count, double per_second, Moment burst, Moment now) {
    const auto before = empty_at_;
    if (add(count, per_second, burst, now) == Moment{0}) return true;
    empty_at_ = before;
    return false;
  }
  [[nodiscard]] bool empty(Moment now) const { return empty_at_ <= now; }

 private:
  Moment empty_at_{0};
};

}  // namespace bisik::server
