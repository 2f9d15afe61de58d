// The owner's side of a conversation: carries what it asks to the owner of the profile, and the
// replies back. Never waits, but for an owner that begins.
#pragma once

#include <poll.h>

#include <map>

#include "client/api/session.hpp"
#include "client/rpc/conversation.hpp"

namespace bisik::client {

class OwnerSide {
 public:
  OwnerSide(Gate& gate, rpc::Conversation& conversation)
      : session_{gate}, conversation_{conversation} {}

  // What the conversation wants asked by now. Throws what Session throws.
  void ask();
  // One reply, if there is one; what the conversation says to it is asked too.
  [[nodiscard]] bool take_reply();
  void add_waits(std::vector<pollfd>& waits) const;

 private:
  Session session_;
  rpc::Conversation& conversation_;
  std::map<std::uint64_t, std::uint64_t> ours_;    // the conversation's number, by the session's
  std::map<std::uint64_t, std::uint64_t> theirs_;  // and the other way round
};

}  // namespace bisik::client
