// One connection to one relay for one purpose: dialled while somebody wants it, with back-off, with
// pings, with the requests that are on their way. It decides when; the driver connects.
#pragma once

#include <functional>
#include <map>

#include "client/engine/limits.hpp"
#include "client/engine/step.hpp"
#include "proto/relay.pb.h"

namespace bisik::client {

// Separate connections, so that a relay that logs cannot join what they carry.
enum class LinePurpose : std::uint8_t { own, sends, fetches, own_fetches, rendezvous };

struct LineKey {
  LinePurpose purpose;
  proto::RelayAddress relay;
  friend auto operator<=>(const LineKey&, const LineKey&) = default;
};

// Called once: with the response, or with null when the line went away before it came.
using OnResponse = std::function<void(Step&, const proto::pb::Response*)>;

// Whether a line to this relay may end in the network that we stand in.
using MayBePrivate = std::function<bool(const proto::RelayAddress&)>;

class Line {
 public:
  explicit Line(LineKey key) : key_{std::move(key)} {}

  [[nodiscard]] const LineKey& key() const noexcept { return key_; }
  [[nodiscard]] bool is_up() const noexcept { return state_ == State::up; }
  [[nodiscard]] bool is_down() const noexcept { return state_ == State::down; }
  [[nodiscard]] bool backing_off(Time now) const noexcept { return is_down() && now < retry_at_; }
  [[nodiscard]] LineId id() const noexcept { return id_; }
  [[nodiscard]] std::size_t unanswered() const noexcept { return unanswered_.size(); }
  [[nodiscard]] const LineFacts& facts() const noexcept { return facts_; }
  // What its clock said when the line came up, and the time since by a clock that nobody sets.
  [[nodiscard]] std::chrono::sys_seconds relay_time(Time now) const;

  // Dials, hangs up, pings: whatever is due. `next_id` names a connection attempt.
  void maintain(Step& step, bool wanted, LineId& next_id, const MayBePrivate& may_be_private);
  // Somebody waits now: the next attempt does not wait for the back-off.
  void hurry(Time now) { retry_at_ = std::min(retry_at_, now); }

  void up(const LineFacts& facts, Time now);
  // Requests that were not answered are told so.
  void down(Step& step);
  // The line must be up. Consumes the number.
  void request(Step& step, proto::pb::Request request, OnResponse on_response);
  // False: nobody asked for this response; the relay breaks the protocol.
  [[nodiscard]] bool response(Step& step, const proto::pb::Response& response);
  void heard(Time now) { last_heard_ = now; }
  // Ends the connection; as if it had been lost.
  void hang_up(Step& step);

  [[nodiscard]] std::optional<Time> wake_at(bool wanted) const;

 private:
  enum class State { down, dialling, up };
  struct Unanswered {
    OnResponse on_response;
    Time asked;
  };
  void back_off(Time now);
  // When silence means that the connection is dead, however open it looks.
  [[nodiscard]] Time dead_at() const;

  LineKey key_;
  State state_ = State::down;
  LineId id_ = 0;
  LineFacts facts_{};
  Time up_since_{};
  std::uint32_t failures_ = 0;
  Time retry_at_{};
  Time last_heard_{};
  Time last_used_{};
  bool pinged_ = false;
  std::uint64_t next_number_ = 1;
  std::map<std::uint64_t, Unanswered> unanswered_;  // by number: the oldest first
};

}  // namespace bisik::client
