// Whether this profile is an old copy of itself, and what follows (docs/protocol.md, 7.4). Somebody
// has put an old copy of its folder back, or two copies of it live.
//
// Two signs are looked for on the own connection: the relay keeps a state epoch that is above ours
// and not one that we wrote; or the mailbox goes on behind a place that we know nothing of, so that
// somebody has acknowledged in our name what we have never read. Two more are seen in a session
// (repairs.hpp): somebody answers there what we have not sealed; and a place in a chain that was
// used before, which is the contacts' to see.
#pragma once

#include "client/engine/mailbox.hpp"
#include "client/engine/peer_devices.hpp"
#include "client/engine/repairs.hpp"
#include "client/engine/state_epochs.hpp"
#include "client/engine/upkeep.hpp"

namespace bisik::client {

class Rollback {
 public:
  Rollback(State& state, Outgoing& outgoing, Mailbox& mailbox, Repairs& repairs, Readers& readers,
           Upkeep& upkeep, Copies& copies)
      : state_{state},
        outgoing_{outgoing},
        mailbox_{mailbox},
        repairs_{repairs},
        readers_{readers},
        upkeep_{upkeep},
        copies_{copies} {}
  void load();

  // On the first own connection of this process, and on each after it until there was an answer:
  // our next epoch, which is on the disk before it leaves.
  void pump(Step& step);
  // Another epoch, so that a copy of this profile as it is now would be found out; once the relay
  // has said what it had before, `then`. What that says is looked at first.
  using Then = std::function<void(Step&, const std::optional<proto::pb::Failure>& unreachable)>;
  void raise_again(Step& step, Then then);
  // A cell of our mailbox. Its content is not committed yet: what is missing was before it.
  // `is_new`: it has opened, for the first time.
  void arrived(Step& step, const proto::pb::Cell& cell, bool is_new);

  // How the account's list differs from the one that this copy knew.
  void learned(Step& step, const DeviceChanges& changes);
  // Seen in a session: with a contact, or with another device of ours.
  void found_out(Step& step, Repairs::Witness witness, std::uint64_t given_up_ms);

  // That it was found out is kept for a person who reads, if none did then; maybe one does now.
  void tell_untold(Step& step);

  // When it was found out last; 0: never.
  [[nodiscard]] std::uint64_t restored_ms() const noexcept { return restored_ms_; }
  // Cells that the relay no longer had when this device came for them.
  [[nodiscard]] std::uint64_t expired() const noexcept { return expired_; }

 private:
  [[nodiscard]] bool may_have_expired(const Step& step) const;
  void note_end(Step& step);
  void begin_process(Step& step);
  void raise(Step& step, Then then = {});
  void answered(Step& step, const proto::pb::Response* response);
  void doubt_own_list(Step& step);
  void expired(Step& step, std::uint64_t cells);
  void restored(Step& step);
  void tell(Step& step);
  void ask_contacts();
  void ask_own_devices(Step& step);
  void ask_own(Step& step, crypto::DeviceNumber device);
  void save_epochs(Step& step) const;
  void save_place(Step& step) const;

  State& state_;
  Outgoing& outgoing_;
  Mailbox& mailbox_;
  Repairs& repairs_;
  Readers& readers_;
  Upkeep& upkeep_;
  Copies& copies_;
  std::optional<StateEpochs> epochs_;
  bool is_next_ = false;      // epochs_->ours() is this process's
  bool is_answered_ = false;  // and the relay has said what it had before
  LineId asked_on_ = 0;
  bool any_arrived_ = false;
  std::uint64_t last_sequence_ = 0;  // of the mailbox
  std::uint64_t last_ms_ = 0;        // when that came, or nothing waited behind it
  std::uint64_t restored_ms_ = 0;
  bool untold_ = false;  // to a person, since then
  std::uint64_t expired_ = 0;
  std::uint64_t newest_ms_ = 0;  // message, when this process began
};

}  // namespace bisik::client
