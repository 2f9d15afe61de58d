// A message that has arrived, in the shape in which bots know it.
#pragma once

#include "client/rpc/account.hpp"
#include "client/rpc/error.hpp"

namespace bisik::client::rpc {

// account and envelope; beside them our own names of it: id, and the cursor to acknowledge.
[[nodiscard]] Json to_received(const proto::pb::Message& message, const Account& account);
// What another device of this account wrote: as its copy comes, and not again.
[[nodiscard]] Json to_synced(const proto::pb::Message& message, const Account& account);
// What another device of this account has read of a contact's: likewise.
[[nodiscard]] Json to_synced(const proto::pb::MessageStateChanged& read, const Account& account);
// What a contact says of a message of ours, and that he is typing: as they happen, and not again.
[[nodiscard]] Json to_received(const proto::pb::MessageStateChanged& changed,
                               const Account& account);
[[nodiscard]] Json to_received(const proto::pb::TypingNotice& typing, const Account& account);
// Of what went wrong while receiving: an envelope of nobody, and why.
[[nodiscard]] Json to_received(const Error& error, const Account& account);

}  // namespace bisik::client::rpc
