#include "client/chat/unsent.hpp"

#include <algorithm>

namespace bisik::client {

using proto::pb::Message;

void Unsent::add(std::uint64_t request, Message message) {
  messages_.push_back({request, std::move(message)});
}

void Unsent::kept(const Message& message) {
  const auto typed = std::ranges::find_if(messages_, [&](const Waiting& waiting) {
    return waiting.request != 0 && waiting.message.idempotency_key() == message.idempotency_key();
  });
  if (typed == messages_.end()) {
    messages_.push_back({0, message});
  } else {
    typed->message = message;
  }
}

void Unsent::name(std::uint64_t request, const std::string& id) {
  for (auto& waiting : messages_) {
    if (waiting.request == request) waiting.message.set_id(id);
  }
}

std::optional<Message> Unsent::settle(const std::string& id, proto::pb::MessageState state) {
  const auto it = std::ranges::find_if(
      messages_, [&](const Waiting& waiting) { return waiting.message.id() == id; });
  if (it == messages_.end()) return std::nullopt;
  it->message.set_state(state);
  if (state == proto::pb::MESSAGE_STATE_WAITING) return it->message;
  auto message = std::move(it->message);
  messages_.erase(it);
  return message;
}

bool Unsent::drop(std::uint64_t request) {
  return std::erase_if(messages_,
                       [=](const Waiting& waiting) { return waiting.request == request; }) != 0;
}

std::vector<SafeText> Unsent::lines() const {
  std::vector<SafeText> lines;
  for (const auto& waiting : messages_) {
    lines.push_back(SafeText{"\u2026 "} + SafeText::line(waiting.message.text()));
  }
  return lines;
}

}  // namespace bisik::client
