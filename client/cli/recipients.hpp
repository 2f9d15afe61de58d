// Whether everybody that a message is for is known, found out before it goes to anybody: a word of
// a text without quotes looks like one name more.
#pragma once

#include <optional>

#include "client/api/session.hpp"

namespace bisik::client {

// What became of the message if somebody is not known, which is nothing, for every recipient.
// Somebody may have joined a moment ago, so the profile's owner looks at the relay first.
[[nodiscard]] std::optional<proto::pb::Sent> unless_all_known(Session& session,
                                                              const proto::pb::SendCommand& send);

}  // namespace bisik::client
