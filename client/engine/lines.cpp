#include "client/engine/lines.hpp"

#include <algorithm>

namespace bisik::client {

Line& Lines::at(const LineKey& key) { return lines_.try_emplace(key, key).first->second; }

Line* Lines::find(LineId id) {
  const auto found = std::ranges::find_if(lines_, [id](const auto& entry) {
    return !entry.second.is_down() && entry.second.id() == id;
  });
  return found == lines_.end() ? nullptr : &found->second;
}

void Lines::maintain(Step& step, const Wanted& wanted, const MayBePrivate& may_be_private) {
  for (const auto& key : wanted) static_cast<void>(at(key));
  for (auto& [key, line] : lines_) {
    line.maintain(step, wanted.contains(key), next_id_, may_be_private);
  }
}

std::optional<Time> Lines::wake_at(const Wanted& wanted) const {
  std::optional<Time> earliest;
  for (const auto& [key, line] : lines_) {
    const auto next = line.wake_at(wanted.contains(key));
    if (next && (!earliest || *next < *earliest)) earliest = next;
  }
  return earliest;
}

bool Lines::anything_unanswered() const {
  return std::ranges::any_of(lines_,
                             [](const auto& entry) { return entry.second.unanswered() > 0; });
}

}  // namespace bisik::client
