#include "client/rpc/lines.hpp"

namespace bisik::client::rpc {

void Lines::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (too_long_ || begun_.size() + part.size() > max_bytes_) {
      too_long_ = true;
      begun_ = {};
    } else {
      begun_ += part;
    }
    if (end == std::string_view::npos) return;
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

void Lines::finish() { end_line(); }

void Lines::end_line() {
  if (too_long_ || begun_.find_first_not_of(" \t\r") != std::string::npos) {
    lines_.push_back({std::move(begun_), too_long_});
  }
  begun_ = {};
  too_long_ = false;
}

std::optional<Lines::Line> Lines::next() {
  if (lines_.empty()) return std::nullopt;
  auto line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

}  // namespace bisik::client::rpc
