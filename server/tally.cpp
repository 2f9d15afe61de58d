#include "server/tally.hpp"

namespace bisik::server {

std::uint64_t Tally::count(const storage::Id& key, Time now) {
  if (now.steady - started_ >= period_) {
    started_ = now.steady;
    counts_.clear();
  }
  const auto found = counts_.find(key);
  if (found != counts_.end()) return ++found->second;
  if (counts_.size() >= max_keys_) return kUncounted;
  return ++counts_[key];
}

std::chrono::seconds Tally::left(Time now) const {
  return std::chrono::ceil<std::chrono::seconds>(started_ + period_ - now.steady);
}

}  // namespace bisik::server
