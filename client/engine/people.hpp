// Who may write to this profile and who is heard: requests of strangers, accepted or removed;
// contacts, blocked and unblocked. Nothing is answered to a request before it is accepted.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/outgoing.hpp"
#include "client/engine/readers.hpp"
#include "client/engine/repairs.hpp"
#include "client/engine/send_commands.hpp"
#include "client/engine/successors.hpp"
#include "client/engine/write_secrets.hpp"

namespace bisik::client {

class People {
 public:
  People(State& state, Outgoing& outgoing, Readers& readers, SendCommands& sends,
         WriteSecrets& secrets, Copies& copies, Repairs& repairs, Successors& successors)
      : state_{state},
        outgoing_{outgoing},
        readers_{readers},
        sends_{sends},
        secrets_{secrets},
        copies_{copies},
        repairs_{repairs},
        successors_{successors} {}

  void requests(Step& step, CommandId command) const;
  void accept(Step& step, CommandId command, const proto::pb::AcceptCommand& request);
  void rename(Step& step, CommandId command, const proto::pb::RenameCommand& request);
  void remove(Step& step, CommandId command, const proto::pb::RemoveCommand& request);
  void block(Step& step, CommandId command, const proto::pb::BlockCommand& request);
  void repair(Step& step, CommandId command, const proto::pb::RepairCommand& request);
  // Another device of ours has unblocked them, or knows how to write to them: what waits goes.
  void may_write_again(const Step& step, const Contact& contact);
  // A contact or request goes, with everything that was written.
  void forget(Step& step, Contact& contact);

 private:
  [[nodiscard]] Contact* find(Step& step, CommandId command, const std::string& name) const;
  void decide(Step& step, CommandId command, Contact& contact,
              const proto::pb::AcceptCommand& request);
  void erase_messages(Step& step, const crypto::AccountId& account);
  static void finish(Step& step, CommandId command, const Contact& contact);

  State& state_;
  Outgoing& outgoing_;
  Readers& readers_;
  SendCommands& sends_;
  WriteSecrets& secrets_;
  Copies& copies_;
  Repairs& repairs_;
  Successors& successors_;
};

}  // namespace bisik::client
