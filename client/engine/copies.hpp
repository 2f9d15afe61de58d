// What the account's other devices hear from this one: copies of what was written and how contacts
// stand. Each leaves a random while later, over the own connection and never over the anonymous one
// that carried the message (docs/protocol.md 9.3), so that a relay cannot join the two.
//
// What waits is on the disk from the moment when it is due to be told; it is sealed when the own
// connection is up and a session with the device is there, and the sealed cell is committed before
// it leaves, as in Outgoing. What waits is bounded (copies_bounded.cpp).
#pragma once

#include <deque>

#include "client/engine/fetches.hpp"

namespace bisik::client {

class Copies {
 public:
  Copies(State& state, Fetches& fetches) : state_{state}, fetches_{fetches} {}
  void load(Step& step);

  // A message of a chat: the others show it too.
  void message(Step& step, const crypto::AccountId& chat, std::uint64_t number);
  // A message of theirs was read here: it is so on the others too.
  void read(Step& step, const crypto::AccountId& chat, std::uint64_t number);
  // How this contact stands now.
  void contact(Step& step, const crypto::AccountId& contact);
  // Messages of `from` are those of `to` now, with numbers higher by `shift`: what waits of them
  // goes behind everything that waits, and not before that has been committed.
  void follow(Step& step, const crypto::AccountId& from, const crypto::AccountId& to,
              std::uint64_t shift);
  // This device is new, and knows nobody. At once.
  void introduce(Step& step, bool history);
  // The account has another write secret, or goes on as another account. At once.
  void news(Step& step);
  // For a device that knows nobody yet: every contact, and where `history` every message. At once.
  void everything(Step& step, crypto::DeviceNumber device, bool history);
  // What is to be said of our sessions: to all, where `device` is 0. At once.
  void say(Step& step, crypto::DeviceNumber device, const proto::pb::Repair& repair);
  // A device has lost what it was told; where we are new, it may not know that.
  void introduce_again(Step& step, crypto::DeviceNumber device);
  // It has given up its other sessions than this, so that it may not have heard what it was asked
  // today.
  void ask_again(Step& step, crypto::DeviceNumber device, const crypto::Transcript& session);
  // A device, or all where it is 0, has lost what it was told: how every contact stands, and every
  // message kept since.
  void again(Step& step, crypto::DeviceNumber device, std::uint64_t since_ms);
  // The account's devices are known anew: nothing more goes to those that have gone, and what
  // waited for others goes.
  void devices_learned(Step& step);

  void pump(Step& step);
  void add_wanted(Lines::Wanted& wanted, Time now) const;
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;
  // Nothing that could be told now without waiting for a back-off is left.
  [[nodiscard]] bool settled(Time now) const;

 private:
  struct Copy {
    proto::pb::CopyRow row;
    Time not_before{};
    bool on_the_way = false;
    bool waits_for_keys = false;
    LineId refused_on = 0;  // what was refused on a line stays refused there
  };
  [[nodiscard]] static milliseconds some_delay();
  [[nodiscard]] bool anybody() const;
  [[nodiscard]] bool is_due(const Copy& copy, Time now) const;
  [[nodiscard]] bool wants_line(Time now) const;
  [[nodiscard]] bool waits_for_room(const Copy& copy) const;
  [[nodiscard]] bool is_full(crypto::DeviceNumber device) const;
  [[nodiscard]] bool join_waiting(Step& step, const proto::pb::CopyRow& row, Time when);
  [[nodiscard]] static bool may_join(const proto::pb::CopyRow& into, const proto::pb::CopyRow& row);
  void postpone(Step& step, proto::pb::CopyRow row, crypto::DeviceNumber device);
  void unseal_old(Step& step);
  [[nodiscard]] Time not_before(Time wanted) const;
  void add(Step& step, proto::pb::CopyRow row, milliseconds delay);
  void tell(Step& step, const Contact& contact, crypto::DeviceNumber device,
            std::uint64_t since_ms);
  void present(const Step& step, proto::pb::CopyRow& row) const;
  void note_asked(Step& step, const proto::pb::CopyRow& row, crypto::DeviceNumber device,
                  const std::string& session);
  void forget_sealed(Step& step, crypto::DeviceNumber device);
  [[nodiscard]] bool can_seal(const Contact& own, const Copy& copy) const;
  void seal(Step& step, const Contact& own, const Copy& copy);
  void postpone_for_unknown(Step& step, const Contact& own, const proto::pb::CopyRow& told);
  void transmit(Step& step, Copy& copy, Line& line);
  void responded(Step& step, std::uint64_t order, const proto::pb::Response* response);
  [[nodiscard]] proto::pb::Content compose(Step& step, const Contact& own,
                                           proto::pb::CopyRow& row) const;
  [[nodiscard]] proto::pb::Reads what_was_read(proto::pb::CopyRow& row) const;

  State& state_;
  Fetches& fetches_;
  // What waited when the process began leaves when the own connection is up for another reason, or
  // as much later as any copy: not with the first message of this process.
  Time wants_line_from_{};
  std::uint64_t list_sequence_ = 0;  // of the list that copies_ were looked through for
  std::deque<Copy> copies_;          // in order: what is about a contact comes before its messages
};

}  // namespace bisik::client
