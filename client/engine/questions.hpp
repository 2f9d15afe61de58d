// The commands that are answered from memory and disk, or by one question to the relay.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/own_list.hpp"
#include "client/engine/rollback.hpp"

namespace bisik::client {

class Questions {
 public:
  Questions(State& state, Outgoing& outgoing, Readers& readers, Mailbox& mailbox, Copies& copies,
            const Repairs& repairs, const Rollback& rollback, OwnList& own_list)
      : state_{state},
        outgoing_{outgoing},
        readers_{readers},
        mailbox_{mailbox},
        copies_{copies},
        repairs_{repairs},
        rollback_{rollback},
        own_list_{own_list} {}

  void contacts(Step& step, CommandId command) const;
  void who_am_i(Step& step, CommandId command, const proto::pb::WhoAmICommand& request);
  void verify(Step& step, CommandId command, const proto::pb::VerifyCommand& request);
  void history(Step& step, CommandId command, const proto::pb::HistoryCommand& request) const;
  void outbox(Step& step, CommandId command) const;
  void outbox_cancel(Step& step, CommandId command, const proto::pb::OutboxCancelCommand& request);
  void status(Step& step, CommandId command, const proto::pb::StatusCommand& request);
  void limits(Step& step, CommandId command);
  void trace(Step& step, CommandId command, const proto::pb::TraceCommand& request) const;

 private:
  void look_at_own_list(Step& step, CommandId command, proto::pb::ApiReply reply);
  void name_successor(proto::pb::ContactEntry& entry, const Contact& contact) const;

  State& state_;
  Outgoing& outgoing_;
  Readers& readers_;
  Mailbox& mailbox_;
  Copies& copies_;
  const Repairs& repairs_;
  const Rollback& rollback_;
  OwnList& own_list_;
};

}  // namespace bisik::client
