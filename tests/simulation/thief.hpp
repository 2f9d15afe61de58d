// Somebody who has a copy of a client's folder, what opens it, and every cell that went over the
// relay (invariant I6). He keeps to no rule: what was accepted before he accepts again.
#pragma once

#include "client/engine/session_book.hpp"
#include "client/vault.hpp"
#include "tests/storage/power_cut_vfs.hpp"

namespace bisik::simulation {

class Thief {
 public:
  // The copy was made at `now`, while the client ran or not.
  Thief(const storage::DiskImage& folder, crypto::UnixTime now);

  // In one of the sessions, or as a first message made for one of the private halves.
  [[nodiscard]] bool opens(crypto::ByteView cell) const;
  // Every 32 bytes in a row of any kind taken for a message key, or for one of the next chain keys
  // before it.
  [[nodiscard]] bool guesses(crypto::ByteView cell);
  // As opens(); and his sessions learn from it what the owner's do.
  bool follows(crypto::ByteView cell);

  // Another row, of something that a client should not have kept.
  void add_row(crypto::ByteView row);
  [[nodiscard]] const std::vector<crypto::Session>& sessions() const noexcept { return sessions_; }

 private:
  using Contexts = std::vector<crypto::AssociatedData>;

  void take_rows(const client::Vault& vault);
  [[nodiscard]] std::vector<crypto::FirstMessage> unsealed(crypto::ByteView cell) const;
  [[nodiscard]] crypto::Result<crypto::Session::Accepted> respond(
      const crypto::FirstMessage& first) const;
  [[nodiscard]] const std::vector<crypto::MessageKey>& keys();
  [[nodiscard]] bool guesses_ratchet_message(crypto::ByteView message);

  crypto::UnixTime now_;
  std::vector<crypto::Bytes> rows_;
  std::optional<client::Identity> identity_;
  client::KeyRing key_ring_;
  std::vector<crypto::Session> sessions_;
  std::vector<crypto::MessageKey> keys_;  // that rows_ and sessions_ would give; empty: not yet
};

// The state of a session, byte for byte.
[[nodiscard]] crypto::Bytes dump(const crypto::Session& session);

}  // namespace bisik::simulation
