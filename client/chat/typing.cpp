#include "client/chat/typing.hpp"

#include "client/limits.hpp"

namespace bisik::client {

OwnTyping::Say OwnTyping::pressed(TypingTime now, bool line_is_empty) {
  if (line_is_empty) return ended();
  pressed_ = now;
  if (!allowed_ || (told_at_ && now - *told_at_ < kTypingAgain)) return Say::nothing;
  told_at_ = now;
  is_told_ = true;
  return Say::started;
}

OwnTyping::Say OwnTyping::passed(TypingTime now) {
  return now - pressed_ >= kTypingIdle ? ended() : Say::nothing;
}

OwnTyping::Say OwnTyping::ended() {
  if (!is_told_) return Say::nothing;
  is_told_ = false;
  return allowed_ ? Say::stopped : Say::nothing;
}

std::optional<TypingTime> OwnTyping::wake_at() const {
  return is_told_ ? std::optional{pressed_ + kTypingIdle} : std::nullopt;
}

bool TheirTyping::heard(TypingTime now, bool stopped) {
  const bool is_news = !stopped && (!until_ || *until_ <= now);
  if (stopped) {
    until_.reset();
  } else {
    until_ = now + kTypingShown;
  }
  return is_news;
}

}  // namespace bisik::client
