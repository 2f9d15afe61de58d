// `backup`, in the engine: the account, its contacts and messages, sealed under a recovery code
// that is drawn here and shown once, at the end. Whoever asks takes the file part by part, so that
// at most one part and one page of messages are in memory.
#pragma once

#include "client/engine/backup_records.hpp"
#include "client/engine/state.hpp"
#include "crypto/backup.hpp"

namespace bisik::client {

class BackupWriting {
 public:
  explicit BackupWriting(const State& state) : state_{state} {}

  void begin(Step& step, CommandId command);
  void next(Step& step, CommandId command, std::uint64_t backup);
  // The rows of a chat have moved.
  void interrupt() { attempt_.reset(); }

 private:
  struct Chat {
    crypto::AccountId account;
    std::uint64_t next;
    std::uint64_t last;
  };
  struct Attempt {
    CommandId number;
    crypto::RecoveryCode code;
    crypto::BackupWriter writer;
    std::vector<Chat> chats;
    std::vector<proto::pb::BackupLink> links = {};  // not written yet
    std::size_t contacts_written = 0;
    std::size_t chats_written = 0;
    std::uint64_t of = 0;  // messages, or a few less
    BackupCounts counts = {};
  };
  [[nodiscard]] bool add_links(crypto::SecretBuffer& part);
  [[nodiscard]] bool add_contacts(crypto::SecretBuffer& part);
  [[nodiscard]] bool add_messages(crypto::SecretBuffer& part);
  [[nodiscard]] bool add_chat(crypto::SecretBuffer& part, Chat& chat);
  void answer_part(Step& step, CommandId command, crypto::ByteView bytes) const;

  const State& state_;
  std::optional<Attempt> attempt_;
};

}  // namespace bisik::client
