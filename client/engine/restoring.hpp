// `restore`, in the engine: reads a backup in the pieces in which it comes, checks everything, and
// keeps contacts and messages as it goes, so that memory stays small. There is no account before
// all of it is here: then Takeover makes this the account's primary. What fails or ends before that
// leaves an empty profile; what a process that died has left goes at the next start.
#pragma once

#include "client/engine/takeover.hpp"
#include "crypto/backup.hpp"

namespace bisik::client {

class Restoring {
 public:
  Restoring(State& state, Takeover& takeover) : state_{state}, takeover_{takeover} {}
  void load(Step& step);

  void begin(Step& step, CommandId command, const proto::pb::RestoreCommand& request);
  void part(Step& step, CommandId command, const proto::pb::RestorePartCommand& request);
  void end(Step& step, CommandId command, const proto::pb::RestoreEndCommand& request);

 private:
  struct Reading {
    CommandId number;
    crypto::BackupReader reader;
    std::optional<BackedUpAccount> account = {};
    BackupCounts counts = {};
    bool ended = false;
  };
  [[nodiscard]] crypto::Result<std::vector<BackupRecord>> read(const std::string& bytes);
  [[nodiscard]] bool take(Step& step, BackupRecord record);
  static void take(Step& step, const proto::pb::BackupLink& backup);
  [[nodiscard]] bool take(Step& step, const proto::pb::BackupContact& backup);
  [[nodiscard]] bool take(Step& step, const proto::pb::BackupMessage& backup);
  void answer(Step& step, CommandId command) const;
  void fail(Step& step, CommandId command, proto::pb::Failure why);

  State& state_;
  Takeover& takeover_;
  std::optional<Reading> reading_;
};

}  // namespace bisik::client
