// Every limit of the engine, with its reason.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bisik::client {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// --- lines ---------------------------------------------------------------------------------------

// Back-off doubles from the first to the last, each with up to half of it again at random, so that
// the clients of a relay that returns do not return all at once.
inline constexpr milliseconds kFirstBackoff{500};
inline constexpr milliseconds kLastBackoff{60'000};
// An unused line is kept for the next message; then it goes, so that a relay sees less of habits.
inline constexpr seconds kLinger{60};
// Below the shortest NAT timeouts in the field (2 minutes for TCP in the worst home routers).
inline constexpr seconds kPingAfter{50};
// Nothing heard for so long, with a ping unanswered: the connection is dead however open it looks.
inline constexpr seconds kDeadAfter{75};
// The same where a request waits for its answer: the longest cell takes so long at 2 KB/s, and a
// command that only reads ends no later than one that sends.
inline constexpr seconds kAnswerWithin{30};

// --- sending -------------------------------------------------------------------------------------

// Cells on the way to one relay: fills a round trip of 100 ms at 600 messages a second.
inline constexpr std::size_t kCellsInFlight = 64;
// A relay that asks for more time is asked again after this: its own longest waits are shorter, and
// nobody is put off for years by one answer.
inline constexpr seconds kMostRetryAfter{3'600};
// What `send` waits before it says that it could not confirm.
inline constexpr milliseconds kSendTimeout{30'000};
// How long a command about somebody who is not known looks for him at the relay: connecting takes
// no longer.
inline constexpr milliseconds kLookForNewcomer{10'000};
// How long a send that could not be confirmed may be repeated without doubling the message.
inline constexpr minutes kRepeatWindow{10};
// Messages that wait for one contact: what a person would write offline, with much to spare.
inline constexpr std::size_t kMaxWaitingPerContact = 10'000;
inline constexpr std::size_t kMaxRecipients = 256;
inline constexpr std::size_t kMaxIdempotencyKeyBytes = 128;
inline constexpr hours kIdempotencyLifetime{24 * 7};

// --- links ---------------------------------------------------------------------------------------

inline constexpr hours kDefaultLinkLifetime{24 * 7};
inline constexpr hours kMaxLinkLifetime{24 * 31};
// What one link may bring before its maker has answered (docs/decisions/0003).
inline constexpr std::uint32_t kLinkCells = 2'048;

// --- keys ----------------------------------------------------------------------------------------

// Of SEAL, SPK and PQSPK: six weeks' and one more for each time that two copies of a profile found
// each other. Whoever knows only the keys of one that had to go is heard again by a repair.
inline constexpr std::size_t kMaxGenerations = 32;
// Around crypto::kPrekeyRotation, so that the clients of a relay do not renew in the same hour, nor
// one client at the same hour of each week.
inline constexpr hours kRotationJitter{12};
// Until one-time keys are refilled: a relay shall not see what used the last ones up.
inline constexpr minutes kMostRefillDelay{30};
// How often a client that stays connected looks whether anything is due.
inline constexpr minutes kUpkeepEvery{60};
// No date is trusted while our clock and the relay's differ by more: a bundle from the past would
// lock everybody out, and private halves would be wiped too early.
inline constexpr hours kMostClockError{24};
// Of each kind, waiting to be used. Somebody who empties the relay makes us keep what he took for
// crypto::kPrekeyRetention; beyond this, first messages do without one-time keys.
inline constexpr std::size_t kMaxOneTimeKeysKept = 2'000;
// An unsent first message is made anew after so long: the bundle that it was made with may be
// forgotten by the time it arrives.
inline constexpr hours kFirstMessageLifetime{24};
// When a contact's keys are too old to be used, until the relay is asked again.
inline constexpr minutes kAskForKeysAgain{60};

// --- receipts ------------------------------------------------------------------------------------

// How much later a receipt leaves than what it is about (docs/protocol.md, 7.6).
inline constexpr milliseconds kLeastReceiptDelay{2'000};
inline constexpr milliseconds kMostReceiptDelay{30'000};
// Where they could not be sent, for a reason that does not pass by itself.
inline constexpr minutes kReceiptsAgain{60};

// --- what is said about messages -----------------------------------------------------------------

// Of one chat, messages that are not here yet of which something was said: only copies for other
// devices are late, by a minute, and a retry by a day.
inline constexpr std::uint32_t kMaxEarly = 1'000;
// A typing notice is shown, and waits to be sent, for no longer; who goes on writing says it again.
inline constexpr seconds kTypingLasts{15};
// What is older by both clocks has waited on a relay, and tells nothing any more.
inline constexpr seconds kTypingIsNews{60};

// --- own devices ---------------------------------------------------------------------------------

// How much later a copy for the own other devices leaves: nobody waits for it, and a relay that
// logs shall not see it go out with the message.
inline constexpr milliseconds kLeastCopyDelay{5'000};
inline constexpr milliseconds kMostCopyDelay{60'000};
// Copies that wait, each of its own; beyond this those of one chat wait as one.
inline constexpr std::size_t kMaxCopiesApart = 256;
// Messages of a chat between two that were read and are told together: more would tell of many
// anew that were told before.
inline constexpr std::uint64_t kReadsApart = 256;
// A sealed cell that no mailbox has taken: as long as a relay keeps one.
inline constexpr hours kCopyLifetime{24 * 30};
// Copies of messages whose chat a device does not know yet, and how long they wait: its primary has
// told it by then who is who, or a relay has dropped that.
inline constexpr std::size_t kMaxEarlyCopies = 256;
inline constexpr hours kEarlyCopyLifetime{24 * 30};
// Contents that wait for the list of an account, of each; texts, of each of its devices.
inline constexpr std::size_t kMaxUnlisted = 256;
// Lists of a contact between the newest known and one that a message names: with one each week it
// takes two decades to make more, and nobody asks for one that never was.
inline constexpr std::uint64_t kMaxListsAhead = 1'000;
// A write secret's number that is further on than any honest one is nobody's.
inline constexpr std::uint64_t kMaxSecretChanges = 1'000;

// The highest that is taken where `known` is the newest: each change counts one, and who does not
// know how many there were counts on from the clock (docs/protocol.md, 9.4).
[[nodiscard]] constexpr std::uint64_t most_secret_sequence(std::uint64_t known,
                                                           std::chrono::sys_seconds clock) {
  const auto soon = (clock + kMostClockError).time_since_epoch().count();
  return std::max(known + kMaxSecretChanges,
                  static_cast<std::uint64_t>(std::max(soon, decltype(soon){0})));
}
// A device that only sends looks after so long whether it is still one of the account's: what it
// sends may have gone to nobody since it was removed. Not before each message: asked beside an
// anonymous cell, the question tells the relay who sent it. So this is of one message a day.
inline constexpr hours kOwnListSeenWithin{24};
// How exactly that is kept: one commit an hour, of those who make own connections.
inline constexpr hours kNoteOwnListSeen{1};
// A relay that brings cells and three times no list of ours, a minute apart, keeps it back.
inline constexpr int kLooksForOwnList = 3;
// How often a list of ours that others say there is is looked for.
inline constexpr minutes kAskForOwnListAgain{60};
// How long the primary stays for a device that it has linked, to tell it who is who.
inline constexpr seconds kWelcomeTakes{90};
// A little less than a relay keeps a rendezvous.
inline constexpr minutes kLinkingTakes{14};
inline constexpr seconds kAskForRendezvousAgain{2};
// A device that was just linked publishes its keys within seconds.
inline constexpr seconds kAskForOwnKeysAgain{60};

// --- blocking ------------------------------------------------------------------------------------

// Old write keys that are still taken: each block makes one, and a relay keeps only so many.
inline constexpr std::size_t kMaxOldSecrets = 8;
// How long contacts that are not blocked may write with the key from before a block.
inline constexpr hours kOldSecretLifetime{24 * 30};

// How long messages wait for the answer to a knock, and how soon we knock again. Whoever has
// blocked us never answers.
inline constexpr hours kAnswerToKnock{24};
inline constexpr hours kKnockAgain{24 * 7};

// --- sessions that were lost
// -----------------------------------------------------------------------

// How long a message that a relay has taken may be asked for again, and of how many cells to one
// contact that is known: what a chat is likely to hold in that time.
inline constexpr hours kSentLifetime{24};
inline constexpr std::uint64_t kMaxSentPerContact = 1'000;
// Between two requests of ours to the same contact to send again: whoever damages every cell on the
// way shall not make us start sessions without end.
inline constexpr minutes kRetryAgain{60};
// How often, within kRetryAgain, we send again to the same contact what they ask for: more than
// several accidents in a row need, and no lever for somebody who wants us to be busy.
inline constexpr std::uint32_t kMaxRepairs = 8;
// Between two sessions that we start with a contact because somebody says to be that contact and to
// have started one that we cannot have. Anybody can say so, and each costs the contact a one-time
// key; whoever says the truth hears of it with the first.
inline constexpr hours kBeginAnewAgain{24};
// A session that we have started and nobody has answered for so long is not sent in any more: its
// other end may never have come to be, and nobody tells. As long as a bundle is in use, so that the
// next one is made with other keys; four in the time in which private halves are kept, half of the
// sessions that a receiver keeps of a stranger.
inline constexpr hours kUnansweredLifetime{24 * 7};
// Where a cell that nobody can open suggests that it never came to be, another one is started
// sooner, once in that time: anybody who may write here can send such cells.
inline constexpr hours kTryOnceMoreAgain = 2 * kUnansweredLifetime;
// How long what was sent in such a session may go again in the next: as long as anybody could have
// opened it.
inline constexpr hours kUnansweredSentLifetime{24 * 31};
// Cells that no session opens, kept until some later session does: about what a person gets in a
// day from one contact, 4 MB of the largest.
inline constexpr std::size_t kMaxSetAside = 64;
inline constexpr hours kSetAsideLifetime{24 * 7};
// A gap in the mailbox means another copy of this profile, unless cells may have expired unread:
// relays keep them for 30 days at least.
inline constexpr hours kNoCellExpiresWithin{24 * 29};
// How often it is noted that the mailbox was read to its end.
inline constexpr hours kNotedAgain{24};
// Cells of one mailbox between two that come: more than a relay takes for it in decades.
inline constexpr std::uint64_t kMostCellsMissing = 1'000'000'000;
// How far back the account's other devices tell again what one of them has lost: no relay keeps a
// cell longer, and within kSeenLifetime, so that nothing of it is taken twice.
inline constexpr hours kToldAgain{24 * 30};
// Without anything in it for so long, an archived session goes: no relay keeps a cell longer.
inline constexpr hours kArchivedSessionLifetime{24 * 30};

// --- reading the profile -------------------------------------------------------------------------

// Rows at a time, so that a full inbox or a long history does not have to fit into memory.
inline constexpr std::size_t kPageRows = 256;

// --- receiving -----------------------------------------------------------------------------------

// How long a content id is remembered: longer than any cell lives on a relay (30 days).
inline constexpr hours kSeenLifetime{24 * 40};
// Messages of a chat that are looked at for one that came again: as many as are sent again at once
// (kMaxSentPerContact), and as many of ours between them.
inline constexpr std::size_t kMostLookedAt = 2'000;
inline constexpr std::size_t kMaxReaders = 64;
// New messages that wait until all is here that came with them. Of more than that the first are
// handed out before: it is time that somebody sees something.
inline constexpr std::size_t kMaxHeldFresh = 1'000;
// Each costs a row for each message that comes.
inline constexpr std::size_t kMaxConsumers = 16;
inline constexpr std::size_t kMaxContacts = 10'000;
inline constexpr int kMaxDeviceNews = 16;  // of a contact, which nobody was told of
// Requests of strangers: bounded, so that nobody fills the disk before he was accepted.
inline constexpr std::size_t kMaxRequests = 100;
inline constexpr std::size_t kMaxRequestMessages = 20;
inline constexpr std::size_t kMaxSessionsOfRequest = 8;
// Of a contact: as many of each device as are kept of one, and as many devices as a list names.
inline constexpr std::size_t kMaxSessionsOfContact = 64;
// Of the account that a contact says to have moved to, before the person has decided: what a person
// writes in weeks to somebody who does not answer.
inline constexpr std::size_t kMaxHeldMessages = 1'000;

}  // namespace bisik::client
