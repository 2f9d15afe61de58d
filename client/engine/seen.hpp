// Messages that have arrived, by the id that every copy of one carries: it comes again when it was
// made anew, sent in two sessions, or told by another device of the account.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

// False: it was here before. True once, and remembered for kSeenLifetime.
[[nodiscard]] bool see(Step& step, const State& state, const crypto::AccountId& chat,
                       const std::string& content_id);
// What is older than kSeenLifetime cannot come again.
void forget_seen(Step& step, const State& state);

}  // namespace bisik::client
