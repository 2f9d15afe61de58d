// Every bound of the JSON-RPC interface, with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bisik::client::rpc {

// One line or body. The longest message, every byte of it escaped, takes 307,200; the rest is for
// its recipients.
inline constexpr std::size_t kMaxLineBytes = 1024 * 1024;
// Arrays and objects within each other; a batch of the deepest request has 4.
inline constexpr std::size_t kMaxDepth = 16;
// Requests in one batch: what fits into a line at about a thousand bytes each.
inline constexpr std::size_t kMaxBatch = 1'000;
// It is kept until the answer, and comes back with it: a UUID has 36.
inline constexpr std::size_t kMaxIdBytes = 1'024;
// Of one conversation: fills the round trip to a relay; the others wait unread or unbegun.
inline constexpr std::size_t kMaxInFlight = 64;
// Requests to the owner that are not answered: a fraction of the 4,096 that it bears from
// everybody.
inline constexpr std::size_t kMaxAsked = 64;
// Messages that are handed out before the first of them is with the reader. At the longest 10 MB
// in JSON.
inline constexpr std::uint32_t kReceiveWindow = 32;
// Receipts and typing notices said to a program that has not read the last ones: they are not kept
// for it.
inline constexpr std::size_t kMaxMentioned = 256;
// Messages in the answer to one `receive`; the next one brings the rest.
inline constexpr std::uint32_t kMaxReceived = 256;
// `receive` without a timeout waits for so long after the last message.
inline constexpr double kReceiveSeconds = 3;
inline constexpr double kMaxReceiveSeconds = 86'400;

}  // namespace bisik::client::rpc
