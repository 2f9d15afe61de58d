// The account's write secret, from which contacts derive the write keys of our mailbox, and its
// change: a blocked contact knows the old one. The new key is at the relay before anybody hears of
// the new secret; contacts get it with the next message, and the old key is taken for 30 days, or
// no longer where the person wants that.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/mailbox.hpp"

namespace bisik::client {

// Of every device of the account, as far as this one knows them; its own is last.
[[nodiscard]] std::vector<crypto::QueueId> mailboxes(const State& state);

class WriteSecrets {
 public:
  WriteSecrets(State& state, Mailbox& mailbox, Copies& copies)
      : state_{state}, mailbox_{mailbox}, copies_{copies} {}

  // Another one, as soon as the relay has heard of it.
  void change(Step& step);
  // What another device of the account says of it.
  void heard(Step& step, const proto::pb::Content& content);
  // There may be mailboxes that have not heard of it.
  void devices_learned() { spread_ = true; }
  // Every one before the newest ends now, instead of after 30 days. `on_ended` is told when the
  // relay has heard of all of it, or why it has not yet; it will at a later connection.
  using OnEnded = std::function<void(Step&, const std::optional<proto::pb::Failure>& why_not)>;
  void end_old(Step& step, OnEnded on_ended);
  // Tells the relay what it has not confirmed yet, and what has become due.
  void pump(Step& step);
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;

 private:
  [[nodiscard]] bool is_over(const Step& step, const OldSecret& old) const;
  [[nodiscard]] bool answered(const Step& step, const proto::pb::Response* response);
  // One request for each mailbox of the account, the own one last: what `done` says is done then.
  void ask_all(Step& step, const std::function<proto::pb::Request(const crypto::QueueId&)>& request,
               std::function<void(Step&)> done);
  void add_next(Step& step);
  void next_added(Step& step);
  void remove_oldest(Step& step);
  [[nodiscard]] bool has_to_end() const;
  void tell_ended(Step& step, const std::optional<proto::pb::Failure>& why_not);

  State& state_;
  Mailbox& mailbox_;
  Copies& copies_;
  void spread(Step& step);

  std::vector<OnEnded> ending_;
  bool asked_ = false;
  bool refused_ = false;  // by a mailbox that is still there
  bool spread_ = false;   // the key is to be at every mailbox
  Time not_before_{};     // after a relay that asked for time
};

}  // namespace bisik::client
