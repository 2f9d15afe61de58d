// Every limit of proto/, with its reason. What is over a limit is refused before any work is done
// for it; what a limit allows fits into one record together with everything around it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bisik::proto {

// --- records -------------------------------------------------------------------------------------

inline constexpr std::size_t kLengthBytes = 2;
// The longest message that Noise allows, and that two bytes of length can say.
inline constexpr std::size_t kMaxRecordBytes = 65'535;
inline constexpr std::size_t kRecordTagBytes = 16;
inline constexpr std::size_t kMaxFrameBytes = kMaxRecordBytes - kRecordTagBytes;
// A key encrypts at most 4 GiB, and a stolen one opens at most this many records of the past.
inline constexpr std::uint64_t kRekeyRecords = std::uint64_t{1} << 16;

// A reader's buffer starts here, room for a record with a small cell, and doubles with what has
// arrived: a declared length alone never makes it grow.
inline constexpr std::size_t kFirstReadBytes = 8 * 1024;

// --- handshake -----------------------------------------------------------------------------------

inline constexpr std::size_t kOpeningMacBytes = 16;
// Pattern byte, MAC, ephemeral key, tag.
inline constexpr std::size_t kMinOpeningBytes = 1 + kOpeningMacBytes + 32 + 16;
// Eight versions take 42 bytes; the rest is room for fields of later versions.
inline constexpr std::size_t kMaxOpeningBytes = 256;
// Versions, signing key and clock take about 100 bytes.
inline constexpr std::size_t kMaxAnswerBytes = 512;
// Static key and an empty payload, each with its tag.
inline constexpr std::size_t kIdentityBytes = 32 + 16 + 16;
inline constexpr int kMaxVersions = 8;

// --- protobuf ------------------------------------------------------------------------------------

// The deepest message is Bundles or Rows in a Response in a FromRelay.
inline constexpr int kMaxDepth = 8;

// --- cells ---------------------------------------------------------------------------------------

inline constexpr std::size_t kSmallCellBytes = 4'096;
inline constexpr std::size_t kMediumCellBytes = 16'384;
inline constexpr std::size_t kLargeCellBytes = 61'440;  // in a frame, with all that names it
inline constexpr std::array kCellBytes{kSmallCellBytes, kMediumCellBytes, kLargeCellBytes};

// What seal, handshake fields, header, KEM part, commitment, tags and padding take from a cell:
// 2,718 bytes in the longest form, rounded up to leave room.
inline constexpr std::size_t kMaxCellOverheadBytes = 2'816;
inline constexpr std::size_t kMaxContentBytes = kLargeCellBytes - kMaxCellOverheadBytes;

// --- content -------------------------------------------------------------------------------------

inline constexpr std::size_t kMaxTextBytes = 50 * 1024;  // a long letter
inline constexpr std::size_t kMaxNameBytes = 64;         // fits a line of a terminal
// Longer than any address that a person hosts a relay under; it has to leave room for text in a
// first message of the small size. An onion name has 62.
inline constexpr std::size_t kMaxHostBytes = 100;
// Of the message that is answered: what a person needs to recognise it.
inline constexpr std::size_t kMaxQuoteBytes = 512;
// The longest of Unicode's have about 35.
inline constexpr std::size_t kMaxEmojiBytes = 64;
// What a message says of another one.
inline constexpr std::size_t kMaxReferenceBytes = kMaxQuoteBytes + 64;
// Everything in a Content but the text, each field at its longest.
inline constexpr std::size_t kMaxContentFieldsBytes = 1'104 + kMaxReferenceBytes;
static_assert(kMaxTextBytes + kMaxContentFieldsBytes <= kMaxContentBytes);

// Of a copy for another device, all but text and reference.
inline constexpr std::size_t kMaxCopyFieldsBytes = 104;
static_assert(kMaxTextBytes + kMaxReferenceBytes + kMaxCopyFieldsBytes + kMaxContentFieldsBytes <=
              kMaxContentBytes);

// Messages of which one receipt says something, of each kind: together they fit into a small cell.
inline constexpr std::size_t kMaxReceiptIds = 40;

// Messages of which one own device tells the others that they were read: likewise.
inline constexpr std::size_t kMaxReads = 40;

// 9999-12-31, as crypto's kMaxUnixTime.
inline constexpr std::uint64_t kMaxTimestampMs = 253'402'300'799'999;

inline constexpr std::size_t kIdBytes = 32;  // queues, accounts, hashes, capabilities
inline constexpr std::size_t kEnvelopeIdBytes = 16;
inline constexpr std::size_t kMessageIdBytes = 16;
inline constexpr std::size_t kTokenBytes = 16;
inline constexpr std::size_t kStateEpochBytes = 32;  // counter, random bytes, MAC

// --- requests and responses ----------------------------------------------------------------------

// Sizes of device lists, bundles and one-time keys are crypto's.
inline constexpr int kMaxDeviceLists = 64;       // what a relay keeps of an account
inline constexpr int kMaxQueuesAtRegister = 2;   // mailbox and knock
inline constexpr int kMaxWriteKeysAtCreate = 8;  // the current one, the last one, a few of links
// What is acknowledged in one request; a client that has more sends another.
inline constexpr int kMaxAcknowledgements = 512;
// Integers are stored as SQLite's, which are signed.
inline constexpr std::uint64_t kMaxStoredInteger = 0x7fff'ffff'ffff'ffff;
inline constexpr std::uint32_t kMaxLifetimeSeconds = 366 * 24 * 3600;
inline constexpr std::uint32_t kMaxInviteUses = 1'000'000;
inline constexpr int kMaxGrantsAtOnce = 64;  // what a day's drawing asks for, with room
// Cells of a group queue in one answer: one of the largest, or of the smallest as many as fill it.
inline constexpr int kMaxGroupCells = static_cast<int>(kLargeCellBytes / kSmallCellBytes);
inline constexpr std::size_t kMaxGroupCellFramingBytes = 80;  // queue, sequence, envelope id, tags
static_assert(kLargeCellBytes + kMaxGroupCells * kMaxGroupCellFramingBytes + 64 <= kMaxFrameBytes);

inline constexpr int kMaxRows = 1'024;  // of whoami --server-view
inline constexpr int kMaxRowFields = 32;
inline constexpr std::size_t kMaxRowNameBytes = 64;
inline constexpr std::size_t kMaxRowValueBytes = 1'024;

inline constexpr int kMaxLimits = 128;
inline constexpr std::size_t kMaxLimitTextBytes = 256;

// --- links ---------------------------------------------------------------------------------------

// Longest host, port, key and payload take 510 characters.
inline constexpr std::size_t kMaxLinkBytes = 1'024;
inline constexpr std::uint16_t kDefaultPort = 7443;
inline constexpr std::uint32_t kMaxPort = 65'535;

}  // namespace bisik::proto
