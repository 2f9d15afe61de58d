// One of the accounts that a conversation is about: what is known of it, what is asked of the owner
// of its profile, and the messages that come by themselves.
#pragma once

#include "client/rpc/delivery.hpp"

namespace bisik::client::rpc {

struct Party {
  // `number`: its place among the accounts of the conversation.
  Party(std::string name, Output& output, std::size_t number)
      : given{std::move(name)}, delivery{asking, output, account, number} {}
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  [[nodiscard]] bool receives() const { return delivery.active() || receiving_once; }

  std::string given;  // what the command line called it; empty: nothing
  Account account = {};
  bool known = false;           // whose profile it is; before that nothing begins
  bool first_look = true;       // nobody has said yet whose it is
  bool receiving_once = false;  // a `receive` waits
  std::size_t acknowledging = 0;
  std::optional<Error> ended = {};  // its profile is not served any more, and why
  Asking asking = {};
  Delivery delivery;
};

}  // namespace bisik::client::rpc
