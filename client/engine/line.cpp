#include "client/engine/line.hpp"

#include "crypto/random.hpp"
#include "proto/frame.hpp"

namespace bisik::client {

void Line::maintain(Step& step, bool wanted, LineId& next_id, const MayBePrivate& may_be_private) {
  const auto now = step.now();
  switch (state_) {
    case State::down:
      if (!wanted || now < retry_at_) return;
      id_ = next_id++;
      state_ = State::dialling;
      step.dial({.line = id_,
                 .kind = key_.purpose == LinePurpose::own ? LineKind::own : LineKind::anonymous,
                 .relay = key_.relay,
                 .may_be_private = may_be_private(key_.relay)});
      return;
    case State::dialling:
      return;
    case State::up:
      if (wanted) last_used_ = now;
      if (now - last_used_ >= kLinger || now >= dead_at()) {
        hang_up(step);
      } else if (!pinged_ && now - last_heard_ >= kPingAfter) {
        proto::pb::Request ping;
        ping.mutable_ping();
        pinged_ = true;
        request(step, std::move(ping), [](Step&, const proto::pb::Response*) {});
      }
      return;
  }
}

void Line::up(const LineFacts& facts, Time now) {
  state_ = State::up;
  facts_ = facts;
  failures_ = 0;
  next_number_ = 1;
  pinged_ = false;
  up_since_ = last_heard_ = last_used_ = now;
}

std::chrono::sys_seconds Line::relay_time(Time now) const {
  const std::chrono::sys_seconds then{seconds{facts_.relay_unix_seconds}};
  return then + std::chrono::floor<seconds>(now - up_since_);
}

void Line::down(Step& step) {
  state_ = State::down;
  back_off(step.now());
  for (auto& [number, each] : std::exchange(unanswered_, {})) each.on_response(step, nullptr);
}

void Line::hang_up(Step& step) {
  if (is_down()) return;
  step.hang_up(id_);
  down(step);
}

void Line::back_off(Time now) {
  auto wait = kFirstBackoff;
  for (auto doubled = failures_; doubled > 0 && wait < kLastBackoff; --doubled) wait *= 2;
  wait = std::min(wait, kLastBackoff);
  ++failures_;
  const auto half = static_cast<std::uint32_t>(wait.count() / 2);
  retry_at_ = std::max(retry_at_, now + wait + milliseconds{crypto::random_below(half)});
}

void Line::request(Step& step, proto::pb::Request request, OnResponse on_response) {
  const auto number = next_number_++;
  request.set_number(number);
  unanswered_.emplace(number, Unanswered{std::move(on_response), step.now()});
  last_used_ = step.now();
  step.transmit(id_, proto::encode(request));
}

bool Line::response(Step& step, const proto::pb::Response& response) {
  const auto found = unanswered_.find(response.number());
  if (found == unanswered_.end()) return false;
  const auto on_response = std::move(found->second.on_response);
  unanswered_.erase(found);
  pinged_ = false;
  constexpr auto kMost = static_cast<std::uint32_t>(kMostRetryAfter.count());
  auto taken = response;
  taken.set_retry_after_seconds(std::min(kMost, response.retry_after_seconds()));
  on_response(step, &taken);
  return true;
}

Time Line::dead_at() const {
  const Time silent{last_heard_ + kDeadAfter};
  if (unanswered_.empty()) return silent;
  const auto waiting_since = std::max(last_heard_, unanswered_.begin()->second.asked);
  return std::min<Time>(silent, waiting_since + kAnswerWithin);
}

std::optional<Time> Line::wake_at(bool wanted) const {
  switch (state_) {
    case State::down:
      return wanted ? std::optional{retry_at_} : std::nullopt;
    case State::dialling:
      return std::nullopt;
    case State::up:
      break;
  }
  auto next = pinged_ ? dead_at() : std::min(dead_at(), last_heard_ + Time::duration{kPingAfter});
  if (!wanted) next = std::min(next, last_used_ + kLinger);
  return next;
}

}  // namespace bisik::client
