// Who may use this relay: accounts, and the invites that let new ones in. The store
// side of Register, CreateInvite and ServerView.
#pragma once

#include <optional>

#include "server/mailroom.hpp"
#include "server/prekey_desk.hpp"
#include "server/tally.hpp"

namespace bisik::server {

class Registry {
 public:
  // All of them outlive it. The relay's key is part of what accounts sign.
  Registry(storage::RelayStore& store, const Limits& limits, Mailroom& mailroom,
           PrekeyDesk& prekeys, const crypto::DhPublicKey& relay_key)
      : store_{store},
        limits_{limits},
        mailroom_{mailroom},
        prekeys_{prekeys},
        relay_key_{relay_key} {}

  // The device that has this network key, and its account's day of last use brought up to date.
  [[nodiscard]] std::optional<storage::Device> caller(const Id& network_key, storage::Day today);

  // All or nothing. Asking again with the same list, bundle and queues is answered as before and
  // spends no invite.
  [[nodiscard]] Reply register_account(const op::Register& request, Time now, storage::Day today);

  // `account`: none for the operator.
  [[nodiscard]] Reply create_invite(const std::optional<Id>& account,
                                    const op::CreateInvite& request, Time now);

  struct View {
    Reply reply;
    proto::pb::Rows rows;
  };
  [[nodiscard]] View server_view(const Id& account, Time now);

  [[nodiscard]] storage::Totals totals() { return store_.totals(); }

 private:
  storage::RelayStore& store_;
  const Limits& limits_;
  Mailroom& mailroom_;
  PrekeyDesk& prekeys_;
  crypto::DhPublicKey relay_key_;
  Tally invites_{kDay, kCountedInviters};
  Tally views_{kHour, kCountedInviters};
};

// Whether an invite was ever made: a relay without any makes its first one at its start.
[[nodiscard]] bool ever_invited(storage::RelayStore& store);

}  // namespace bisik::server
