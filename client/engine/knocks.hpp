// Knocking: a contact's relay refuses our write key, because the contact has changed the secret it
// comes from. One cell with nothing in it goes into the knock queue of each of their devices, paid
// for with a stamp (docs/protocol.md 8.3); whoever is not blocked is answered with the new secret.
//
// A stamp takes a second or so of work, which is done a little at each event, so that nobody waits
// for it who does not have to.
#pragma once

#include <deque>

#include "client/engine/state.hpp"
#include "crypto/stamp.hpp"

namespace bisik::client {

class Knocks {
 public:
  explicit Knocks(State& state) : state_{state} {}

  [[nodiscard]] static bool may_knock(const State& state, const Contact& contact);
  // Seals the cells; may_knock() must hold.
  void knock(Step& step, Contact& contact);
  // One that waited when the last process ended.
  void load(proto::pb::OutboxRow row);
  void forget(Step& step, const crypto::AccountId& account);

  void pump(Step& step);
  void add_wanted(Lines::Wanted& wanted, Time now) const;
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;
  [[nodiscard]] bool settled(Time now) const;

 private:
  struct Knock {
    proto::pb::OutboxRow row;
    std::optional<crypto::StampSearch> search = {};  // once the relay's date is known
    crypto::Day day{};                               // of search and stamp
    LineId refused_on = 0;                           // what was refused on a line stays refused
    std::optional<std::uint64_t> stamp = {};
    bool on_the_way = false;
    Time not_before{};
  };
  void work(Step& step, Knock& knock, Line& line);
  void transmit(Step& step, Knock& knock, Line& line);
  void responded(Step& step, std::uint64_t order, const proto::pb::Response* response);
  [[nodiscard]] const Contact* contact_of(const Knock& knock) const;

  State& state_;
  std::deque<Knock> knocks_;
};

}  // namespace bisik::client
