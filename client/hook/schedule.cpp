#include "client/hook/schedule.hpp"

#include <algorithm>

#include "client/hook/limits.hpp"

namespace bisik::client {

void Schedule::add(const std::string& chat, std::uint64_t cursor) {
  chats_[chat].cursors.push_back(cursor);
  ++known_;
}

// Of those that may run the one that came first, so that no chat waits for a busier one.
std::optional<std::uint64_t> Schedule::next(Time now) {
  if (running_.size() >= parallel_) return std::nullopt;
  auto first = chats_.end();
  for (auto chat = chats_.begin(); chat != chats_.end(); ++chat) {
    const auto& [cursors, runs, pause, not_before] = chat->second;
    if (runs || not_before > now) continue;
    if (first == chats_.end() || cursors.front() < first->second.cursors.front()) first = chat;
  }
  if (first == chats_.end()) return std::nullopt;
  first->second.runs = true;
  const auto cursor = first->second.cursors.front();
  running_.emplace(cursor, first);
  return cursor;
}

Schedule::Chats::iterator Schedule::take(std::uint64_t cursor) {
  const auto found = running_.find(cursor);
  const auto chat = found->second;
  running_.erase(found);
  chat->second.runs = false;
  return chat;
}

void Schedule::succeeded(std::uint64_t cursor) {
  const auto found = take(cursor);
  auto& chat = found->second;
  chat.cursors.pop_front();
  chat.pause = {};
  --known_;
  if (chat.cursors.empty()) chats_.erase(found);
}

std::chrono::milliseconds Schedule::failed(std::uint64_t cursor, Time now) {
  auto& chat = take(cursor)->second;
  chat.pause = std::clamp(2 * chat.pause, kFirstErrandPause, kLastErrandPause);
  chat.not_before = now + chat.pause;
  return chat.pause;
}

std::optional<Schedule::Time> Schedule::wakes_at() const {
  if (running_.size() >= parallel_) return std::nullopt;
  std::optional<Time> earliest;
  for (const auto& [name, chat] : chats_) {
    if (!chat.runs && (!earliest || chat.not_before < *earliest)) earliest = chat.not_before;
  }
  return earliest;
}

}  // namespace bisik::client
