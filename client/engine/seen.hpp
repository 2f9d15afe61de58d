// Messages that have arrived, by the id that every copy of one carries: it comes again when it was
// made anew, sent in two sessions, or told by another device of the account.
#pragma once

#include "client/engine/state.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

// False: it was here before. True once, and remembered for kSeenLifetime.
[[nodiscard]] bool see(Step& step, const State& state, const crypto::AccountId& chat,
                       const std::string& content_id);
// Whether the chat has it already. What was seen is forgotten by a clock that somebody may set, and
// what is sent again may be older than that. A device's messages rise in time, so that looking ends
// at the first that is older: with whatever is new, at once.
[[nodiscard]] bool is_kept(const State& state, const crypto::AccountId& chat,
                           const proto::pb::Content& content);
// What is older than kSeenLifetime cannot come again.
void forget_seen(Step& step, const State& state);

}  // namespace bisik::client
