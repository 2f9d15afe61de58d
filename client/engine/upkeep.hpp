// What keeps an account usable for years: prekeys, bundle and device list are renewed every week,
// one-time keys refilled, and wiped what nobody can use any more. All of it on the own connection
// while that is up for another reason: a connection of its own would only tell the relay more.
//
// Nothing is done by the clock while it and the relay's differ by more than kMostClockError.
#pragma once

#include "client/engine/mailbox.hpp"

namespace bisik::client {

class Upkeep {
 public:
  // The list is to be signed anew: once the newest one is known to be here, renew_list() does it.
  using OnListDue = std::function<void(Step&)>;

  Upkeep(State& state, Mailbox& mailbox, Repairs& repairs, OnListDue on_list_due)
      : state_{state}, mailbox_{mailbox}, repairs_{repairs}, on_list_due_{std::move(on_list_due)} {}

  // Whatever is due, once the own line is up and every kUpkeepEvery while it stays up.
  void pump(Step& step);
  void renew_list(Step& step);
  void line_up() { next_look_.reset(); }
  void hurry() { next_look_.reset(); }  // something is due that was not
  [[nodiscard]] std::optional<Time> wake_at() const;

 private:
  [[nodiscard]] bool clock_is_trusted(const Step& step) const;
  void renew(Step& step);
  [[nodiscard]] bool list_is_overdue(const Step& step) const;
  void publish_list(Step& step);
  void publish_bundle(Step& step);
  void bundle_published(Step& step, crypto::PrekeyId asked);
  void count_one_time_keys(Step& step);
  void publish_one_time_keys(Step& step);
  void refill(Step& step, const proto::pb::OneTimeKeyCount& left);
  void wipe(Step& step);
  void forget_old_rows(Step& step) const;
  void forget_links(Step& step) const;

  State& state_;
  Mailbox& mailbox_;
  Repairs& repairs_;
  OnListDue on_list_due_;
  std::optional<Time> next_look_;  // none: as soon as the line is up
  bool uploads_ = false;           // one-time keys are on their way to the relay
};

}  // namespace bisik::client
