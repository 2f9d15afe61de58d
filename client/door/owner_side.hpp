// The owners' side of a conversation: carries what it asks to the owners of the profiles, and the
// replies back. Never waits, but for an owner that begins. The end of one of several profiles, and
// that it is served again, is told to the conversation.
#pragma once

#include <poll.h>

#include <map>
#include <memory>
#include <vector>

#include "client/api/session.hpp"
#include "client/door/tenants.hpp"
#include "client/rpc/conversation.hpp"

namespace bisik::client {

class OwnerSide {
 public:
  // The accounts of the conversation are these tenants, in their order. Both outlive this.
  OwnerSide(Tenants& tenants, rpc::Conversation& conversation);

  // What the conversation wants asked by now. Throws what Session throws, if there is one tenant.
  void ask();
  // A reply of each that has one; what the conversation says to it is asked too.
  [[nodiscard]] bool take_reply();
  void add_waits(std::vector<pollfd>& waits) const;

 private:
  struct Side {
    explicit Side(Gate& gate) : session{gate} {}
    Session session;
    std::map<std::uint64_t, std::uint64_t> ours = {};    // the conversation's, by the session's
    std::map<std::uint64_t, std::uint64_t> theirs = {};  // and the other way round
    bool over = false;
  };
  void ask(std::size_t tenant);
  [[nodiscard]] bool take_reply(std::size_t tenant);
  void look_at_tenants();

  Tenants& tenants_;
  rpc::Conversation& conversation_;
  std::vector<std::unique_ptr<Side>> sides_;  // by tenant
};

}  // namespace bisik::client
