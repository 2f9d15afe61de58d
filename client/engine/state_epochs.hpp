// What a profile knows of its state epochs (docs/protocol.md, 7.3): the key, the one that it wrote
// last and the one that was there before.
#pragma once

#include "crypto/secret_buffer.hpp"
#include "crypto/state_epoch.hpp"

namespace bisik::client {

class StateEpochs {
 public:
  [[nodiscard]] static StateEpochs first();
  // Throws std::runtime_error where the row does not decode.
  [[nodiscard]] static StateEpochs read(const crypto::SecretBuffer& row);
  [[nodiscard]] crypto::SecretBuffer row() const;

  [[nodiscard]] const crypto::StateEpoch& ours() const noexcept { return ours_; }

  // Another one of ours, for a process that begins.
  void advance();
  // If another copy of this profile wrote `stored`, after the state that this one began with, goes
  // on above it: from now on that one counts as ours. By two, so that nothing that the relay was
  // told before, by whichever copy, can be taken for a newer one: it could answer with each in
  // turn. False, and nothing changes, for what we wrote, what is older, and what the relay has made
  // up.
  [[nodiscard]] bool go_above_foreign(crypto::ByteView stored);

 private:
  StateEpochs(crypto::StateEpochKey key, std::uint64_t counter, const crypto::StateEpoch& before,
              const crypto::StateEpoch& ours);
  void next(const crypto::StateEpoch& before, std::uint64_t counter);

  crypto::StateEpochKey key_;
  std::uint64_t counter_;
  crypto::StateEpoch before_;
  crypto::StateEpoch ours_;
};

}  // namespace bisik::client
