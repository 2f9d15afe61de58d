// The account's own device list, as its relay has it (docs/protocol.md 9.5). The primary looks
// there before it signs another one: a profile that was restored from an older copy has forgotten
// lists that it has signed, and would give their sequences and device numbers a second time. Every
// device learns there that it was removed.
//
// A list that the primary has neither signed nor forgotten is an alarm. The state epoch says which
// it is (rollback.hpp); so it is raised before each look.
#pragma once

#include "client/engine/peer_devices.hpp"
#include "client/engine/rollback.hpp"

namespace bisik::client {

class OwnList {
 public:
  // Nothing: the newest list of the relay is known here and names this device. Otherwise why not.
  using OnSeen = std::function<void(Step&, const std::optional<proto::pb::Failure>& why_not)>;
  struct Listeners {
    std::function<void(Step&, Contact& own, const DeviceChanges&)> learned;
    // Somebody else signs lists of this account.
    std::function<void(Step&, const Contact& own)> alarm;
    // A contact was shown a list of ours that is neither here nor at the relay; or it is cleared.
    std::function<void(Step&, Contact&)> suspected;
    std::function<void(Step&, Contact&)> cleared;
  };

  OwnList(State& state, Mailbox& mailbox, Rollback& rollback, Listeners listeners)
      : state_{state}, mailbox_{mailbox}, rollback_{rollback}, listeners_{std::move(listeners)} {}

  // `command`: who waits for it; 0: nobody, and it is given up when the process ends.
  void look(Step& step, CommandId command, OnSeen on_seen);
  // The person says that what the relay has is right, whoever signed it.
  void accept(Step& step, CommandId command);
  void cancel(CommandId command);
  void load();
  // A contact names this list of ours, which is newer than any that is known here: it counts as
  // changed until the relay has said whether there is one. Whoever calls saves it.
  void suspect(Step& step, Contact& contact, const proto::pb::ListState& told);
  // A device that only sends looks now and then whether anybody reads what it sends: it has not
  // heard for kOwnListSeenWithin whether it is still one of the account's. `then`: it is.
  void before_send(Step& step, CommandId command, bool queued, std::function<void(Step&)> then);

  void pump(Step& step);
  void line_failed(Step& step, const LineKey& key, LineEnd why);
  void add_wanted(Lines::Wanted& wanted) const;
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;
  [[nodiscard]] bool any() const noexcept { return !looks_.empty(); }

 private:
  struct Look {
    CommandId command;
    OnSeen on_seen;
    bool accepts = false;
  };
  [[nodiscard]] LineKey line_key() const;
  [[nodiscard]] Contact& own();
  [[nodiscard]] bool is_overdue(const Step& step) const;
  void begin(Step& step);
  void fetch(Step& step, Line& line);
  void fetched(Step& step, const proto::pb::Response* response);
  void judge(Step& step, const proto::pb::Bundles& bundles);
  [[nodiscard]] std::optional<proto::pb::Failure> take_any(Step& step,
                                                           const proto::pb::Bundles& bundles);
  void tell(Step& step, const std::optional<proto::pb::Failure>& why_not, bool answered);
  void resolve_suspects(Step& step, bool answered);
  void hear_of_registration(Step& step);

  State& state_;
  Mailbox& mailbox_;
  Rollback& rollback_;
  Listeners listeners_;
  std::vector<Look> looks_;
  // Those whose row says `suspected`, and how many looks ended without an answer although the relay
  // was there.
  std::map<crypto::AccountId, int> suspects_;
  Time look_again_{};
  bool raising_ = false;
  bool asked_ = false;
  LineId heard_on_ = 0;
};

}  // namespace bisik::client
