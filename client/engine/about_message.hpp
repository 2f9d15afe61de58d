// What a command says that a message of ours is about, made into what goes to the contact; or why
// it cannot be about that.
#pragma once

#include <variant>

#include "client/engine/state.hpp"

namespace bisik::client {

struct AboutFound {
  proto::pb::Reference reference;   // without a kind: about nothing
  std::uint64_t number = 0;         // of that message
  std::uint64_t later_than_ms = 0;  // what we have said of that message before
  // Unless this was sent already, and is only asked for again: there is nothing to be taken back.
  std::optional<proto::pb::Failure> nothing_to_withdraw = {};
};

// A reply to what is not here any more is no reply.
[[nodiscard]] std::variant<AboutFound, proto::pb::Failure> find_about(
    State& state, const Contact& contact, const proto::pb::AboutMessage& wanted);

}  // namespace bisik::client
