// Device lists and bundles of contacts, fetched over anonymous connections when somebody needs
// them: to start sessions (with one-time keys) or to learn where a contact's mailboxes are.
#pragma once

#include "client/engine/peer_devices.hpp"

namespace bisik::client {

class Fetches {
 public:
  // Told when a fetch ended in a way that trying again now will not mend. After Exit::rate it is
  // tried again by itself.
  using OnFailure = std::function<void(Step&, Contact&, proto::pb::Failure)>;
  using OnLearned = std::function<void(Step&, Contact&, const DeviceChanges&)>;
  // Told when the lists of a contact contradict each other: its trust has changed with that. Or
  // those of our own account, which are looked at once more (own_list.hpp).
  using OnAlarm = std::function<void(Step&, Contact&)>;

  Fetches(State& state, OnFailure on_failure, OnLearned on_learned, OnAlarm on_alarm)
      : state_{state},
        on_failure_{std::move(on_failure)},
        on_learned_{std::move(on_learned)},
        on_alarm_{std::move(on_alarm)} {}

  // `sessions`: also take one-time keys, and start a session with each device that has none.
  void want(const crypto::AccountId& account, bool sessions);
  // Somebody waits for it now.
  void hurry(const crypto::AccountId& account);
  void forget(const crypto::AccountId& account) { fetches_.erase(account); }
  // It is put off: nothing will come of it now.
  [[nodiscard]] bool waits(const crypto::AccountId& account, Time now) const {
    const auto found = fetches_.find(account);
    return found != fetches_.end() && now < found->second.not_before;
  }

  // Something may come of it now.
  [[nodiscard]] bool is_under_way(const crypto::AccountId& account, Time now) const;

  void pump(Step& step);
  void line_failed(Step& step, const LineKey& key, LineEnd why);
  void add_wanted(Lines::Wanted& wanted, Time now) const;
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;

 private:
  struct Fetch {
    bool sessions = false;
    bool on_the_way = false;
    std::uint64_t asked_for = 0;  // the list that the contact had announced by then
    Time not_before{};
    bool asked_to_wait = false;  // by the relay: nobody hurries this one
  };
  [[nodiscard]] static LineKey line_to(const Contact& contact);
  void request(Step& step, Line& line, const crypto::AccountId& account, Fetch& fetch);
  void responded(Step& step, const crypto::AccountId& account, const proto::pb::Response* response);
  void failed(Step& step, const crypto::AccountId& account, proto::pb::Failure failure);

  State& state_;
  OnFailure on_failure_;
  OnLearned on_learned_;
  OnAlarm on_alarm_;
  std::map<crypto::AccountId, Fetch> fetches_;
};

}  // namespace bisik::client
