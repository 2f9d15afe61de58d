// Every limit of crypto/, with its reason. Times are what the protocol promises (docs/protocol.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bisik::crypto {

// --- signed objects ------------------------------------------------------------------------------

// A message is encrypted once for each device of its receiver: this bounds a sender's work.
inline constexpr std::size_t kMaxDevices = 8;

// Fits the signed 32-bit device ids of existing bots. 0 means "no device".
inline constexpr std::uint32_t kMaxDeviceNumber = 0x7fff'ffff;

// SQLite's largest integer: every sequence can be stored and compared there.
inline constexpr std::uint64_t kMaxSequence = 0x7fff'ffff'ffff'ffff;

// 9999-12-31T23:59:59Z, the last second that prints as a four-digit year. Adding any of the
// intervals below to it cannot overflow.
inline constexpr std::chrono::seconds kMaxUnixTime{253'402'300'799};

// The primary signs anew every week, so after four missed weeks something is wrong, or the relay
// holds newer ones back.
inline constexpr std::chrono::days kDeviceListLifetime{30};
inline constexpr std::chrono::days kBundleLifetime{30};

// --- prekeys -------------------------------------------------------------------------------------

// How long a stolen private half of a rotated prekey is of use.
inline constexpr std::chrono::days kPrekeyRotation{7};

// Private halves outlive every bundle that names them (kBundleLifetime) by a day of wrong clocks.
inline constexpr std::chrono::days kPrekeyRetention{31};

// One-time keys are uploaded in full batches, so that their number says nothing about who took how
// many. ML-KEM keys are fewer because each is 1.2 KB on the relay.
inline constexpr std::size_t kOneTimeKeyBatch = 100;
inline constexpr std::size_t kPqOneTimeKeyBatch = 32;
inline constexpr std::size_t kOneTimeKeyRefillBelow = 25;

// --- ratchet -------------------------------------------------------------------------------------

// The last index of a chain, so that the number of its messages fits 32 bits too.
inline constexpr std::uint32_t kMaxIndex = 0xffff'fffe;

// Messages that one message may show to be missing. A mailbox keeps order and loses nothing for 30
// days, so an honest gap is small; 1,000 chain steps cost about as much as the DH of one turn, ten
// times over.
inline constexpr std::uint32_t kMaxSkip = 1'000;

// Message keys kept for what has not come yet: two full gaps, 88 KB of a stored session.
inline constexpr std::size_t kMaxSkippedKeys = 2'000;

// Chains of the peer before the present one whose late messages can still be opened, each at the
// price of one more trial for every cell of another session.
inline constexpr std::size_t kMaxPastChains = 5;

// What the relay has not delivered by then it has deleted (the retention of cells).
inline constexpr std::chrono::days kSkippedKeyLifetime{30};

// --- knock queues --------------------------------------------------------------------------------

// Zero bits at the head of a stamp's hash: four million tries, about a second of one core. Whoever
// has something to say waits for it once; whoever fills the knock queues of thousands does not.
inline constexpr int kStampBits = 22;

// --- safety numbers ------------------------------------------------------------------------------

// Makes a search for a key whose 30 digits match 5,200 times dearer: 99.7 bits become 112.
inline constexpr int kSafetyNumberIterations = 5'200;

}  // namespace bisik::crypto
