// Idempotency keys: a key names one message to a contact, for kIdempotencyLifetime and as long as
// that message waits. Each contact has keys of his own, so that what failed for some of several can
// be sent again to these. What was asked for is kept as a hash beside the key: who uses the key for
// something else is told so, instead of losing it.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

// 32 bytes: the same for requests that say the same, whomever they say it to, and when.
[[nodiscard]] std::string hash_of_request(const proto::pb::SendCommand& request);

void remember_idempotency(Step& step, const Contact& contact, const proto::pb::MessageRow& row);
void forget_idempotency(Step& step, const State& state);  // those that serve no more
void forget_idempotency(Step& step, const State& state, const crypto::AccountId& account);
// The number of the message.
[[nodiscard]] std::optional<std::uint64_t> find_idempotency(const State& state,
                                                            const Contact& contact,
                                                            const std::string& key);

}  // namespace bisik::client
