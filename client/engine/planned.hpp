// Messages of ours that wait for their time: `send --at`. Each has its number from the beginning
// and is on disk; it joins what goes out once the clock on the wall shows its time, whatever this
// clock has shown in between. Held by Outgoing.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

class Planned {
 public:
  explicit Planned(const State& state) : state_{state} {}

  // From the disk: a row of the outbox that has a time.
  void load(const proto::pb::OutboxRow& place);
  // The place is on disk from now on; the row is the caller's to keep.
  void add(Step& step, std::uint64_t order, const proto::pb::MessageRow& row);
  // Those whose time has come, by that; they are nobody's here any more.
  [[nodiscard]] std::vector<proto::pb::MessageRow> take_due(Step& step);

  [[nodiscard]] bool holds(const crypto::AccountId& account, std::uint64_t number) const;
  // False: it is not here.
  bool withdraw(Step& step, const crypto::AccountId& account, std::uint64_t number);
  void forget(Step& step, const crypto::AccountId& account);
  // The numbers of this account's messages have become higher by so much, or they are another's.
  void renumber(Step& step, const crypto::AccountId& from, const crypto::AccountId& to,
                std::uint64_t shift);

  [[nodiscard]] std::size_t count(const crypto::AccountId& account) const;
  [[nodiscard]] std::vector<proto::pb::MessageRow> of(const crypto::AccountId& account) const;
  // As of the last take_due().
  [[nodiscard]] std::optional<Time> wake_at() const { return wake_at_; }

 private:
  // By time, then in the order in which they were planned.
  using Place = std::pair<std::uint64_t, std::uint64_t>;

  const State& state_;
  std::map<Place, proto::pb::OutboxRow> places_;
  std::optional<Time> wake_at_;
};

}  // namespace bisik::client
