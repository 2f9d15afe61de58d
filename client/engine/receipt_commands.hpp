// What a person lets contacts know beside messages: who hears what of theirs, that something was
// read, that he is typing, what his account calls itself.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/outgoing.hpp"
#include "client/engine/readers.hpp"

namespace bisik::client {

class ReceiptCommands {
 public:
  ReceiptCommands(State& state, Outgoing& outgoing, Readers& readers, Copies& copies)
      : state_{state}, outgoing_{outgoing}, readers_{readers}, copies_{copies} {}

  // Nothing that is owed already is said once it is switched off.
  void set(Step& step, CommandId command, const proto::pb::ReceiptsCommand& request);
  void call_itself(Step& step, CommandId command, const proto::pb::ProfileCommand& request);
  void type(Step& step, CommandId command, const proto::pb::TypingCommand& request);
  void send(Step& step, CommandId command, const proto::pb::SendReceiptCommand& request);

 private:
  // Null: the command was answered.
  [[nodiscard]] Contact* find(Step& step, CommandId command, const std::string& name) const;

  State& state_;
  Outgoing& outgoing_;
  Readers& readers_;
  Copies& copies_;
};

}  // namespace bisik::client
