// Sessions that are lost heal by themselves (docs/protocol.md, 7.3): what does not open is asked
// for again, whoever was restored from an old copy is told, and what the other side asks for goes
// again from the send log, under the id under which it may have arrived already.
//
// A question to a contact stands in the contact's row until a cell carries it.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/opened_cells.hpp"
#include "client/engine/outgoing.hpp"
#include "client/engine/readers.hpp"
#include "client/engine/set_aside.hpp"

namespace bisik::client {

// From when on another device of ours tells again what this one may have lost.
[[nodiscard]] std::uint64_t told_again_since(const Step& step);

class Repairs {
 public:
  // This profile is a copy of an older state, as was seen in a session with a contact, or with
  // another device of this account.
  enum class Witness { contact, own_device };
  // `given_up_ms`: since when the session is archived, or kNever.
  using OnCopy = std::function<void(Step&, Witness, std::uint64_t given_up_ms)>;

  Repairs(State& state, Outgoing& outgoing, Readers& readers, Copies& copies, OnCopy on_copy)
      : state_{state},
        outgoing_{outgoing},
        readers_{readers},
        copies_{copies},
        on_copy_{std::move(on_copy)},
        opened_{state},
        set_aside_{state} {}

  void opened(Step& step, crypto::ByteView cell) const { opened_.remember(step, cell); }
  // `set_aside`: where it belongs to no session. False: it is lost, and nobody can be asked.
  bool unopened(Step& step, const proto::pb::Cell& cell, const Unopened& how, bool set_aside);
  // What a contact says about our sessions, in this one.
  void heard(Step& step, Contact& contact, const crypto::Transcript& session,
             const proto::pb::Repair& repair);
  // The same between the devices of this account.
  void heard(Step& step, crypto::DeviceNumber device, const crypto::Transcript& session,
             const proto::pb::Repair& repair);
  // A cell has opened in this session. Whoever goes on in one that we have archived long ago has
  // not heard of it.
  void spoken_in(Step& step, Contact& contact, const OpenedCell& opened,
                 const proto::pb::Content& content);
  // They have begun this session, though there may be others: what was sent in those they may not
  // be able to read, and they need not know that it was sent.
  void began(Step& step, Contact& contact, const OpenedCell& opened);
  // Everything that they may have got today, as soon as they may be written to.
  void send_again(Step& step, Contact& contact);
  // All sessions with this contact are given up for new ones, and what is missing is asked for.
  void begin(Step& step, Contact& contact);

  // A session is new: cells that were set aside may be of it. They are tried one in a step, since
  // what one brings has to be committed before the next is looked at.
  void try_set_aside_again(Step& step) {
    next_try_ = 0;
    try_at_ = step.now();
  }
  [[nodiscard]] std::optional<proto::pb::SetAsideRow> next_to_try(Step& step);
  void tried(Step& step, const proto::pb::SetAsideRow& row, bool gone);
  [[nodiscard]] const std::optional<Time>& wake_at() const noexcept { return try_at_; }

  [[nodiscard]] std::size_t set_aside() const { return set_aside_.count(); }
  void forget_old(Step& step);

 private:
  bool cannot_start(Step& step, const proto::pb::Cell& cell, const crypto::DeviceAddress& claimed);
  [[nodiscard]] static bool may_begin_anew(const Step& step, Contact& contact,
                                           crypto::DeviceNumber device);
  [[nodiscard]] bool parts(Step& step, const crypto::Transcript& session);
  void ask_again(Step& step, Contact& contact, const proto::pb::Cell& cell,
                 const Unopened::Session& session);
  [[nodiscard]] std::vector<std::uint64_t> sent_beside(const Step& step, const Contact& contact,
                                                       const OpenedCell& opened);
  void begin_unanswered_anew(Step& step);
  void begin_once_more(Step& step, Contact& contact, const crypto::DeviceAddress& peer);
  [[nodiscard]] bool is_unread(const Step& step, const crypto::DeviceAddress& peer) const;
  bool is_used_anew(Step& step, const Unopened::Session& session);
  void say_index_used(Step& step, Contact& contact, const Unopened::Session& session);
  void heard_used(Step& step, Contact& contact, const crypto::Transcript& session,
                  const proto::pb::IndexUsed& said);
  void say_sessions_lost(Contact& contact);
  void tell_own_device(Step& step, Contact& own, const Unopened::Session& session, bool used);
  void go_on_in(Step& step, const crypto::Transcript& session, bool is_news);
  void heard_in_silence(Step& step, Contact& contact, const crypto::Transcript& session);
  [[nodiscard]] static bool may_send_again(const Step& step, Contact& contact);

  State& state_;
  Outgoing& outgoing_;
  Readers& readers_;
  Copies& copies_;
  OnCopy on_copy_;
  OpenedCells opened_;
  SetAside set_aside_;
  std::uint64_t next_try_ = 0;
  std::optional<Time> try_at_;
};

}  // namespace bisik::client
