// What arrives: a cell is opened by the session it belongs to, or starts one; its content becomes a
// message, a contact or a request. Everything a cell changes goes into one commit, and only then is
// it acknowledged to the relay.
#pragma once

#include "client/engine/amendments.hpp"
#include "client/engine/copies.hpp"
#include "client/engine/repairs.hpp"
#include "client/engine/successors.hpp"
#include "client/engine/unlisted.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

class Incoming {
 public:
  // Another device of this account says something.
  using OnOwn = std::function<void(Step&, crypto::DeviceNumber, const proto::pb::Content&)>;

  // On the primary: a contact names a newer list of ours than the primary knows of.
  using OnUnknownList = std::function<void(Step&, Contact&, const proto::pb::ListState&)>;

  Incoming(State& state, Outgoing& outgoing, Readers& readers, Copies& copies, Repairs& repairs,
           Successors& successors, Amendments& amendments, OnOwn on_own,
           OnUnknownList on_unknown_list)
      : state_{state},
        outgoing_{outgoing},
        readers_{readers},
        copies_{copies},
        repairs_{repairs},
        successors_{successors},
        amendments_{amendments},
        on_own_{std::move(on_own)},
        on_unknown_list_{std::move(on_unknown_list)} {}

  // Never fails: what cannot be opened is set aside, so that it does not block the queue.
  // `knocks`: it came by the knock queue, so whoever wrote it does not know how to write to us.
  // True: it has opened, for the first time.
  bool receive(Step& step, const proto::pb::Cell& cell, bool knocks);

  void load();
  // Lists that somebody waits for are asked for now and then.
  void pump(Step& step);
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;
  // Something has arrived that is not shown yet, and a list that is on its way will say whether.
  [[nodiscard]] bool waits_for_a_list(Time now) const;
  // The contact was shown a list of ours that we have not made. It counts as changed: nothing more
  // is sent before the person has looked at it.
  void alarm_of_ours(Step& step, Contact& contact);
  // What waits for a list that contradicts the one before is shown as of somebody who is changed.
  void show_texts(Step& step, Contact& contact);
  // The account's list is known anew.
  void learned(Step& step, Contact& contact);

  // The next cell that was set aside, if they are to be tried again.
  void try_again(Step& step);

  [[nodiscard]] std::uint64_t unreadable() const noexcept { return unreadable_; }

 private:
  [[nodiscard]] bool is_listed(const Contact& contact, crypto::DeviceNumber device) const;
  [[nodiscard]] static bool may_be_removed(const Contact& contact,
                                           const proto::pb::Content& content);
  void watch_own_list(const Step& step, const proto::pb::ListState& told);
  void take(Step& step, Contact& contact, const OpenedCell& opened,
            const proto::pb::Content& content, bool knocks);
  void limit_sessions(Step& step, const Contact& contact);
  void accept(Step& step, const OpenedCell& opened, bool knocks);
  Contact* introduce(Step& step, const OpenedCell& opened, const proto::pb::Content& content);
  void alarm(Step& step, Contact& contact, const std::string& sentence);
  void watch(Step& step, Contact& contact, const proto::pb::Content& content);
  void ask_for_keys(const Contact& contact);
  void overhear(Step& step, Contact& contact, const OpenedCell& opened,
                const proto::pb::Content& content);
  void learn(Step& step, Contact& contact, crypto::DeviceNumber device,
             const proto::pb::Content& content);
  void hear_of_list(Contact& contact, crypto::DeviceNumber device,
                    const proto::pb::ListState& told);
  void wait_for_list(Step& step, Contact& contact, const OpenedCell& opened);
  void hear_typing(Step& step, const Contact& contact, const proto::pb::Content& content) const;
  [[nodiscard]] std::size_t most_held(const Contact& contact) const;
  void store(Step& step, Contact& contact, const proto::pb::Content& content);
  [[nodiscard]] bool is_back(Step& step, Contact& contact, const proto::pb::Content& content);
  [[nodiscard]] bool invited(const Step& step, const proto::pb::Introduction& introduction) const;

  State& state_;
  Outgoing& outgoing_;
  Readers& readers_;
  Copies& copies_;
  Repairs& repairs_;
  Successors& successors_;
  Amendments& amendments_;
  OnOwn on_own_;
  OnUnknownList on_unknown_list_;
  Unlisted unlisted_{state_};
  Time own_list_not_before_{};
  Time ask_for_lists_at_{};
  std::uint64_t unreadable_ = 0;
};

}  // namespace bisik::client
