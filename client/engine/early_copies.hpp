// What another device of this account has told of a chat with somebody whom this one does not know
// yet: who is who a new device hears from the primary, and from the others meanwhile what they
// write. At most kMaxEarlyCopies, the oldest go first, and for kEarlyCopyLifetime.
#pragma once

#include <deque>
#include <set>

#include "client/engine/state.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

class EarlyCopies {
 public:
  explicit EarlyCopies(State& state) : state_{state} {}
  void load();

  void keep(Step& step, const proto::pb::Copies::Copy& copy);
  // Those whose chats are known by now, in the order in which they came; they are no longer kept.
  [[nodiscard]] proto::pb::Copies take_known(Step& step);
  void forget_old(Step& step);

 private:
  struct Place {
    crypto::AccountId chat;
    std::uint64_t order;
    std::uint64_t received_ms;
  };
  static void erase(Step& step, const Place& place);

  State& state_;
  std::deque<Place> places_;  // oldest first
};

}  // namespace bisik::client
