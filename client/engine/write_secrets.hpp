// The account's write secret, from which contacts derive the write keys of our mailbox, and its
// change: a blocked contact knows the old one. The new key is at the relay before anybody hears of
// the new secret; contacts get it with the next message, and the old key is taken for 30 days, or
// no longer where the person wants that.
#pragma once

#include "client/engine/mailbox.hpp"

namespace bisik::client {

class WriteSecrets {
 public:
  WriteSecrets(State& state, Mailbox& mailbox) : state_{state}, mailbox_{mailbox} {}

  // Another one, as soon as the relay has heard of it.
  void change(Step& step);
  // Every one before the newest ends now, instead of after 30 days.
  void end_old(Step& step);
  // Tells the relay what it has not confirmed yet, and what has become due.
  void pump(Step& step);
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;

 private:
  [[nodiscard]] bool is_over(const Step& step, const OldSecret& old) const;
  [[nodiscard]] bool answered(const Step& step, const proto::pb::Response* response);
  void add_next(Step& step);
  void next_added(Step& step);
  void remove_oldest(Step& step);
  [[nodiscard]] std::string key_hash(const crypto::Capability& secret) const;

  State& state_;
  Mailbox& mailbox_;
  bool asked_ = false;
  Time not_before_{};  // after a relay that asked for time
};

}  // namespace bisik::client
