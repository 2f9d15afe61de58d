// That somebody is typing, in a chat: when the other side is told so of this one, and how long it
// is shown of the other (docs/protocol.md 4.6). Without a clock: time is an argument.
#pragma once

#include <chrono>
#include <optional>

namespace bisik::client {

using TypingTime = std::chrono::steady_clock::time_point;

// Ours. Says nothing before it may, nor of an empty line. A message says by itself that it is over.
class OwnTyping {
 public:
  enum class Say { nothing, started, stopped };

  // Whether this person may be told.
  void allow(bool allowed) noexcept { allowed_ = allowed; }

  // A key was pressed, after which the line is empty or is not.
  [[nodiscard]] Say pressed(TypingTime now, bool line_is_empty);
  // The line was sent as a message.
  void sent() noexcept { *this = OwnTyping{allowed_}; }
  // Nobody has typed since kTypingIdle, or the chat is over.
  [[nodiscard]] Say passed(TypingTime now);
  [[nodiscard]] Say ended();

  // When to ask passed(); nothing: no need.
  [[nodiscard]] std::optional<TypingTime> wake_at() const;

  OwnTyping() = default;

 private:
  explicit OwnTyping(bool allowed) noexcept : allowed_{allowed} {}

  bool allowed_ = false;
  bool is_told_ = false;               // they take us to be typing
  TypingTime pressed_;                 // the last key
  std::optional<TypingTime> told_at_;  // of this line
};

// Theirs.
class TheirTyping {
 public:
  // True: it is news, and to be shown.
  bool heard(TypingTime now, bool stopped);
  // It is shown, and no longer to be.
  [[nodiscard]] bool is_over(TypingTime now) const { return until_ && *until_ <= now; }
  void hide() noexcept { until_.reset(); }
  [[nodiscard]] bool is_shown() const noexcept { return until_.has_value(); }
  [[nodiscard]] std::optional<TypingTime> wake_at() const noexcept { return until_; }

 private:
  std::optional<TypingTime> until_;
};

}  // namespace bisik::client
