// A message that a person wants to see here no more: its words and those of its edits go from this
// device, and nobody is told. What stays is that it was there, so that it cannot come again and
// what is said of it later is not kept either.
#pragma once

#include "client/engine/amendments.hpp"
#include "client/engine/readers.hpp"

namespace bisik::client {

class Deleting {
 public:
  Deleting(State& state, Amendments& amendments, Readers& readers)
      : state_{state}, amendments_{amendments}, readers_{readers} {}

  // Not while it waits to be sent: whoever it is for would hear of it without its words.
  void here(Step& step, CommandId command, const proto::pb::DeleteHereCommand& request);

 private:
  State& state_;
  Amendments& amendments_;
  Readers& readers_;
};

// Whether a history leaves this one out: it was deleted here, or is only said about such a one.
[[nodiscard]] bool is_left_out(const State& state, const crypto::AccountId& chat,
                               const proto::pb::MessageRow& row);

}  // namespace bisik::client
