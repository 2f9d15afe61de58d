// send --wait: until whoever a message is for says that it is there, or was read.
#pragma once

#include "client/api/session.hpp"

namespace bisik::client {

// `wanted`: MESSAGE_STATE_DELIVERED or MESSAGE_STATE_READ. Whoever says so until then has that
// state in `sent`; of the others it stays as it is, with a failure that says what is missing.
void await_receipts(Session& session, proto::pb::Sent& sent, proto::pb::MessageState wanted,
                    Session::Clock::time_point until);

}  // namespace bisik::client
