#include "client/rpc/output.hpp"

#include <utility>

namespace bisik::client::rpc {

void Output::say(const Json& json, std::vector<Shown> shown) {
  unsaid_.push_back(to_line(json));
  ++said_;
  for (auto& each : shown) {
    if (!each.cursors.empty()) showing_.push_back({said_, std::move(each)});
  }
}

std::vector<std::string> Output::take() { return std::exchange(unsaid_, {}); }

std::vector<Shown> Output::written(std::uint64_t count) {
  written_ = count;
  std::vector<Shown> all;  // neighbours of one consumer as one
  while (!showing_.empty() && showing_.front().number <= written_) {
    auto& [cursors, consumer, party] = showing_.front().shown;
    if (all.empty() || all.back().consumer != consumer || all.back().party != party) {
      all.push_back({{}, consumer, party});
    }
    auto& together = all.back().cursors;
    together.insert(together.end(), cursors.begin(), cursors.end());
    showing_.pop_front();
  }
  return all;
}

}  // namespace bisik::client::rpc
