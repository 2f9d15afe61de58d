#include "server/tally.hpp"

namespace bisik::server {

void Tally::begin_period(Time now) {
  if (now.steady - started_ < period_) return;
  started_ = now.steady;
  counts_.clear();
}

bool Tally::add(const storage::Id& key, std::uint64_t more, std::uint64_t most, Time now) {
  begin_period(now);
  const auto found = counts_.find(key);
  const auto before = found == counts_.end() ? 0 : found->second;
  if (more > most || before > most - more) return false;
  if (found == counts_.end() && counts_.size() >= max_keys_) return false;
  counts_[key] = before + more;
  return true;
}

std::uint64_t Tally::count(const storage::Id& key, Time now) {
  begin_period(now);
  const auto found = counts_.find(key);
  if (found != counts_.end()) return ++found->second;
  if (counts_.size() >= max_keys_) return kUncounted;
  return ++counts_[key];
}

std::chrono::seconds Tally::left(Time now) const {
  return std::chrono::ceil<std::chrono::seconds>(started_ + period_ - now.steady);
}

}  // namespace bisik::server
