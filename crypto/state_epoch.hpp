// What a device leaves at its relay to find out that its own state is an old copy (docs/protocol.md
// 7.3): a number that only rises, which the relay can keep and hide, but not invent.
//
//     counter u64 | random 8 | BLAKE2b-128(key, personal, all before)                 (32 bytes)
//
// The random bytes tell an answer that was lost from a second copy of the state that has raised the
// same number: the one is what we sent, the other is not.
#pragma once

#include <optional>

#include "crypto/mac.hpp"

namespace bisik::crypto {

using StateEpochKey = MacKey;  // kept in the profile; nobody else has it

struct StateEpoch {
  static constexpr std::size_t kSize = 32;
  ByteArray<kSize> bytes;

  [[nodiscard]] static StateEpoch make(const StateEpochKey& key, std::uint64_t counter);

  // The counter, if `bytes` were made with this key; empty bytes (nothing is stored yet) were not.
  [[nodiscard]] static std::optional<std::uint64_t> verify(const StateEpochKey& key,
                                                           ByteView bytes);

  friend bool operator==(const StateEpoch&, const StateEpoch&) = default;
};

}  // namespace bisik::crypto
