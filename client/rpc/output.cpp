#include "client/rpc/output.hpp"

#include <utility>

namespace bisik::client::rpc {

void Output::say(const Json& json, std::vector<std::uint64_t> shown) {
  unsaid_.push_back(to_line(json));
  ++said_;
  if (!shown.empty()) showing_.push_back({said_, std::move(shown)});
}

std::vector<std::string> Output::take() { return std::exchange(unsaid_, {}); }

std::vector<std::uint64_t> Output::written(std::uint64_t count) {
  written_ = count;
  std::vector<std::uint64_t> cursors;
  while (!showing_.empty() && showing_.front().number <= written_) {
    const auto& shown = showing_.front().cursors;
    cursors.insert(cursors.end(), shown.begin(), shown.end());
    showing_.pop_front();
  }
  return cursors;
}

}  // namespace bisik::client::rpc
