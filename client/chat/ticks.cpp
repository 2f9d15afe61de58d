#include "client/chat/ticks.hpp"

#include <algorithm>

#include "client/cli/wording.hpp"
#include "client/limits.hpp"

namespace bisik::client {
namespace {

using proto::pb::MESSAGE_STATE_DELIVERED;
using proto::pb::MESSAGE_STATE_READ;
using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::MessageState;

// 0: on no way that ends with the receiver.
int steps(MessageState state) {
  if (state == MESSAGE_STATE_RELAY) return 1;
  if (state == MESSAGE_STATE_DELIVERED) return 2;
  return state == MESSAGE_STATE_READ ? 3 : 0;
}

}  // namespace

void Ticks::shown(const proto::pb::Message& message) {
  if (!message.ours()) return;
  shown_.push_back({message.id(), message.text(), message.state()});
  if (shown_.size() > kMaxTicked) shown_.pop_front();
}

bool Ticks::further(const std::string& id, MessageState state) {
  const auto found = std::ranges::find(shown_, id, &Shown::id);
  if (found == shown_.end() || steps(state) <= steps(found->state)) return false;
  found->state = state;
  found->came_further = true;
  return true;
}

std::vector<SafeText> Ticks::lines() const {
  std::vector<SafeText> lines;
  auto least = steps(MESSAGE_STATE_RELAY);
  for (auto each = shown_.rbegin(); each != shown_.rend(); ++each) {
    if (steps(each->state) <= least) continue;
    least = steps(each->state);
    if (!each->came_further) continue;
    lines.push_back(SafeText{"\u2713\u2713 "} + word(each->state) + "  " +
                    SafeText::line(each->text));
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace bisik::client
