// Every bound of client/ outside the engine, with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bisik::client {

// Marks kept on one character. Vietnamese, Hebrew and Thai need two, IPA up to three; more only
// paint over the lines above and below.
inline constexpr int kMaxMarks = 4;

// Columns of a tab in a message: it must not depend on where the line begins.
inline constexpr std::size_t kTabColumns = 4;

// --- chat ----------------------------------------------------------------------------------------

// Messages of the past that a chat begins with: they fit on a screen of 24 lines.
inline constexpr std::uint32_t kShownOfHistory = 20;
// At the end of its input a chat waits so long for the relay to have everything.
inline constexpr std::chrono::seconds kChatPatience{30};
// Characters of a line that is typed or pasted: the longest message has fewer.
inline constexpr std::size_t kMaxTyped = 51'200;
// Lines that the up arrow brings back.
inline constexpr std::size_t kMaxRecalled = 100;
// Bytes of an escape sequence of the keyboard; the longest that is known has 3.
inline constexpr std::size_t kMaxSequenceBytes = 16;
// Messages of which a chat shows that they have arrived, or were read: of those before nobody
// minds.
inline constexpr std::size_t kMaxTicked = 256;
// Rows for messages that wait, so that they never fill the screen.
inline constexpr std::size_t kMaxWaitingShown = 3;

// --- the vault -----------------------------------------------------------------------------------

// How long rows that hold keys are sealed under one key of theirs: what a disk keeps of old copies
// opens for so long at most.
inline constexpr std::chrono::hours kVaultDay{24};
// A change of that key which found the disk full is tried again after so long.
inline constexpr std::chrono::minutes kVaultDayRetry{10};

// --- owners of a profile -------------------------------------------------------------------------

// How long a command looks for an owner before it says so. Twenty cold starts in a row on a slow
// machine take a few seconds.
inline constexpr std::chrono::seconds kOwnerWait{30};
// Between two tries: first about what an owner takes to bind its socket, then what nobody notices.
inline constexpr std::chrono::milliseconds kFirstOwnerPause{2};
inline constexpr std::chrono::milliseconds kLastOwnerPause{50};
// An owner whose own command is done lets others' commands end for so long; then they find the
// next owner and repeat themselves.
inline constexpr std::chrono::seconds kFinishOthers{2};

// Commands of other processes at once, each with its connection; more wait in the kernel.
inline constexpr std::size_t kMaxVisitors = 256;
// Requests of one connection that are not answered to the end.
inline constexpr std::size_t kMaxRunning = 4'096;
// Answers that one process has not read. The largest history fits; who is further behind than
// that has stopped.
inline constexpr std::size_t kMaxUnreadBytes = 512 * 1024 * 1024;

// How long a person sees that somebody types; who goes on typing says it again after so long, and
// who has pressed no key for a while has stopped.
inline constexpr std::chrono::seconds kTypingShown{15};
inline constexpr std::chrono::seconds kTypingAgain{10};
inline constexpr std::chrono::seconds kTypingIdle{5};

// --- lines to relays -----------------------------------------------------------------------------

// Name, TCP and handshake: TCP repeats its first packet after 1, 3 and 7 seconds.
inline constexpr std::chrono::seconds kDialDeadline{10};
// What the kernel has not taken yet. An engine keeps 64 cells in flight, 4 MiB at most.
inline constexpr std::size_t kMaxUnsentBytes = 16 * 1024 * 1024;

// Events that are handled in one commit.
inline constexpr std::size_t kMaxEventsPerCommit = 64;

}  // namespace bisik::client
