// Messages that have arrived, by the id that every copy of one carries: it comes again when it was
// made anew, sent in two sessions, or told by another device of the account.
#pragma once

#include "client/engine/state.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

// False: it was here before. True once, and remembered for kSeenLifetime, with the number that it
// has in the chat.
[[nodiscard]] bool see(Step& step, const State& state, const crypto::AccountId& chat,
                       const std::string& content_id, std::uint64_t number);
// Its number in the chat; 0: it is not there, or too old to be remembered.
[[nodiscard]] std::uint64_t number_seen(const State& state, const crypto::AccountId& chat,
                                        const std::string& content_id);
// The message of this id as it is now, also within this step, if it is in the chat and young enough
// to be remembered.
[[nodiscard]] std::optional<proto::pb::MessageRow> find_seen(const Step& step, const State& state,
                                                             const crypto::AccountId& chat,
                                                             const std::string& content_id);
// Whether the chat has it already. What was seen is forgotten by a clock that somebody may set, and
// what is sent again may be older than that. A device's messages rise in time, so that looking ends
// at the first that is older: with whatever is new, at once. Not so with what is older than is
// remembered: behind it may be what came late, from that device or another.
[[nodiscard]] bool is_kept(const Step& step, const State& state, const crypto::AccountId& chat,
                           const proto::pb::Content& content);
// The same, and where it is not remembered, among the kMostLookedAt newest of the chat.
[[nodiscard]] std::optional<proto::pb::MessageRow> find_by_id(const Step& step, const State& state,
                                                              const crypto::AccountId& chat,
                                                              const std::string& content_id);
// The message of this side that has this timestamp, among the kMostLookedAt newest of the chat.
[[nodiscard]] std::optional<proto::pb::MessageRow> find_by_timestamp(const State& state,
                                                                     const crypto::AccountId& chat,
                                                                     bool ours,
                                                                     std::uint64_t timestamp_ms);
// What is older than kSeenLifetime cannot come again.
void forget_seen(Step& step, const State& state);

}  // namespace bisik::client
