// Every bound on the programs that come in, with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bisik::client {

// At once, each with a reader of the inbox at most; the engine bears 64 readers. Whoever has not
// shown the token counts, and gives way.
inline constexpr std::size_t kMaxPrograms = 32;
// Profiles of one daemon: with all programs it needs 8,192 descriptors, a fraction of what systemd
// lets a service have.
inline constexpr std::size_t kMaxTenants = 64;
// How long the others wait for the owner of one profile: who has its lock and begins to serve takes
// a tenth of this.
inline constexpr std::chrono::milliseconds kTenantPatience{500};
// And for the first word of who serves it: somebody may have stopped that process.
inline constexpr std::chrono::seconds kTenantAnswers{2};
// Until a profile that cannot be served is tried again: at first as long as a person takes to mend
// it, then twice as long each time.
inline constexpr std::chrono::seconds kFirstTenantPause{1};
inline constexpr std::chrono::seconds kLastTenantPause{300};
// Answers that a program has not read: then nothing more is read from it, nor answered to it.
inline constexpr std::size_t kMaxUnwrittenBytes = 1024 * 1024;
// After a signal, what was begun may still be answered.
inline constexpr std::chrono::seconds kLastAnswers{2};

// Until an owner that does not fetch messages is asked again to: a program may link the profile.
inline constexpr std::chrono::seconds kAskOwnerAgain{5};

// Request line and fields of HTTP.
inline constexpr std::uint32_t kMaxHttpHeaderBytes = 16 * 1024;
// From the beginning of a connection, or from one answer, to the next whole request; also to the
// token.
inline constexpr std::chrono::seconds kRequestTakes{10};
// Between two lines of a stream of events, so that proxies keep it and its end is noticed.
inline constexpr std::chrono::seconds kSignOfLife{15};

}  // namespace bisik::client
