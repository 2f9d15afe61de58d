// Every bound on the programs and addresses that a daemon hands messages to, with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bisik::client {

// At once, of one hook. Each is a process or a connection.
inline constexpr std::size_t kUsualParallel = 4;
inline constexpr std::size_t kMaxParallel = 64;
// What one message may take, where nobody says otherwise.
inline constexpr std::chrono::seconds kUsualErrandTakes{60};
// From the request to end to the end that nobody is asked about.
inline constexpr std::chrono::seconds kErrandEnds{2};
// After a failure the chat waits, twice as long each time: a service that restarts is back within
// seconds, and one that is broken costs a try in five minutes.
inline constexpr std::chrono::milliseconds kFirstErrandPause{1'000};
inline constexpr std::chrono::milliseconds kLastErrandPause{300'000};
// Cursors of messages that wait, 8 bytes each; what is beyond stays in the inbox meanwhile.
inline constexpr std::size_t kMaxErrandsKnown = 100'000;
// What was handed over and could not be acknowledged, on a full disk for example; then nothing more
// is begun. What the owner has refused is asked again after this.
inline constexpr std::size_t kMaxUnacknowledged = 1'024;
inline constexpr std::chrono::seconds kOwnerPause{5};
// Cursors that are asked for at a time.
inline constexpr std::uint32_t kErrandWindow = 64;
// Of an HTTP answer, until its first line has ended.
inline constexpr std::size_t kMaxStatusLineBytes = 4'096;

}  // namespace bisik::client
