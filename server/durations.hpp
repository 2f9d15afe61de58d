// How long something took, many times: counted in buckets, each a fifth wider than the last, so
// that a percentile costs two KiB and is never more than a fifth too high.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace bisik::server {

class Durations {
 public:
  void add(std::chrono::microseconds duration);

  // What `percent` of them did not exceed, rounded up to the end of a bucket; 0 of none.
  [[nodiscard]] std::chrono::microseconds percentile(unsigned percent) const;
  [[nodiscard]] std::chrono::microseconds longest() const { return longest_; }

 private:
  // Four to each power of two.
  std::array<std::uint64_t, 256> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::microseconds longest_{0};
};

}  // namespace bisik::server
