// The vocabulary of the rows: what every table's columns are made of.
//
// storage sees bytes. Keys are 32-byte ids or hashes, values are opaque; it cannot tell a cell from
// noise, and must stay that way. Times are arguments, never read from a clock.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace bisik::storage {

using Blob = std::span<const std::uint8_t>;  // borrowed from the caller for one call
using Bytes = std::vector<std::uint8_t>;

using Id = std::array<std::uint8_t, 32>;  // account, queue, network key, hash of a capability
using EnvelopeId = std::array<std::uint8_t, 16>;  // names one cell within one queue

using Day = std::int64_t;          // whole days since 1970-01-01, UTC: cells carry nothing finer
using UnixSeconds = std::int64_t;  // where a day is too coarse: invites and write keys expire

using DeviceNumber = std::int64_t;  // 1 is the account's first device
using Sequence = std::int64_t;      // place in a queue from 1 on, or of a list or bundle

}  // namespace bisik::storage
