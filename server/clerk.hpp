// The store side of the relay: executes one operation against the rows and says what came of it.
// Every check that needs a row is here and in the desks it hands the work to; there is no I/O but
// the store's.
//
// One Clerk for each store, used by whoever uses the store: the store thread, or a simulation.
// execute() runs inside an open storage::Batch and throws storage::StorageError when the
// environment fails. What it remembers itself (refusals, rates) may be lost or too high at any
// time without harm.
#pragma once

#include "server/device_desk.hpp"
#include "server/grant_desk.hpp"
#include "server/limits.hpp"
#include "server/mailroom.hpp"
#include "server/outcome.hpp"
#include "server/prekey_desk.hpp"
#include "server/registry.hpp"
#include "server/sweeper.hpp"

namespace bisik::server {

class Clerk {
 public:
  // `limits` must outlive it. The relay's key is part of what accounts sign.
  Clerk(storage::RelayStore& store, const Limits& limits, const crypto::DhPublicKey& relay_key);

  [[nodiscard]] Outcome execute(const Operation& operation, Time now);

  // The answer to an operation for which there is no room, in the same shape.
  [[nodiscard]] Outcome refuse(const Operation& operation, const Reply& reply);

  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }

 private:
  // What only a registered device may ask.
  template <class Request>
  void execute_for_device(const Request& request, Time now, Outcome& outcome);
  void create_invite(const op::CreateInvite& request, Time now, Outcome& outcome);
  // On both kinds of connection.
  void send(const op::SendCell& request, Time now, Outcome& outcome);
  void subscribe(const op::Subscribe& request, Time now, Outcome& outcome);
  void create_group_queue(const op::CreateGroupQueue& request, Time now, Outcome& outcome);
  void read_group_queue(const op::ReadGroupQueue& request, Time now, Outcome& outcome);

  const Limits& limits_;
  Sweeper sweeper_;
  PrekeyDesk prekeys_;
  Mailroom mailroom_;
  Registry registry_;
  DeviceDesk devices_;
  GrantDesk grants_;
};

}  // namespace bisik::server
