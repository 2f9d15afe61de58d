#include "server/durations.hpp"

#include <algorithm>
#include <bit>

namespace bisik::server {
namespace {

// Up to 3 exactly; then the two bits behind the highest one.
std::size_t bucket_of(std::uint64_t value) {
  if (value < 4) return value;
  const auto high = static_cast<unsigned>(std::bit_width(value)) - 1;
  return std::size_t{4} * (high - 1) + ((value >> (high - 2)) & 3U);
}

std::uint64_t end_of(std::size_t bucket) {
  if (bucket < 4) return bucket;
  const auto high = bucket / 4 + 1;
  return ((bucket % 4 + 5) << (high - 2)) - 1;
}

}  // namespace

void Durations::add(std::chrono::microseconds duration) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  ++buckets_.at(bucket_of(value));
  ++count_;
  longest_ = std::max(longest_, duration);
}

std::chrono::microseconds Durations::percentile(unsigned percent) const {
  const auto wanted = (count_ * percent + 99) / 100;
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen == 0 || seen < wanted) continue;
    return std::min(longest_, std::chrono::microseconds{end_of(bucket)});
  }
  return std::chrono::microseconds{0};
}

}  // namespace bisik::server
