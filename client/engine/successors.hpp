// Contacts who go on under another account key (docs/protocol.md, 7.5): what they say is verified
// and shown, nothing more is sent to them, and the person decides. Followed, the chat with all that
// is in it belongs to the new account; the old one stays as what it is, an old key.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/outgoing.hpp"
#include "client/engine/readers.hpp"
#include "client/engine/send_commands.hpp"
#include "crypto/successor.hpp"

namespace bisik::client {

class Successors {
 public:
  // The rows of a chat move: whoever is reading them has to begin anew.
  using OnMoved = std::function<void()>;

  Successors(State& state, Outgoing& outgoing, Readers& readers, SendCommands& sends,
             Copies& copies, OnMoved on_moved)
      : state_{state},
        outgoing_{outgoing},
        readers_{readers},
        sends_{sends},
        copies_{copies},
        on_moved_{std::move(on_moved)} {}

  // A contact, in a session, whom he goes on as. What is not signed by both keys, or is not about
  // this contact's key, changes nothing.
  void heard(Step& step, Contact& contact, const proto::pb::Successor& said);
  // Another device of this account, how its person has decided.
  void told(Step& step, Contact& contact, const proto::pb::SharedContact& shared);

  // The person follows a contact who may have moved, or does not.
  void accept(Step& step, CommandId command, Contact& contact);
  void refuse(Step& step, CommandId command, Contact& contact);

  // Whom a contact, whose old key this is, has become.
  [[nodiscard]] Contact* followed(const Contact& old);

 private:
  void offer(Step& step, Contact& contact, const proto::pb::Successor& said);
  void say_again(Step& step, Contact& contact, const proto::pb::Successor& said);
  void contradict(Step& step, Contact& contact);
  void keep_refused(Step& step, Contact& contact);
  enum class Decided { here, elsewhere };
  Contact& follow(Step& step, Contact& old, Decided where, bool keep_names);
  [[nodiscard]] std::vector<proto::pb::MessageRow> held_back(const crypto::AccountId& account);
  Contact& find_or_add(Step& step, const Contact& old);
  void merge(Step& step, Contact& old, Contact& fresh);

  State& state_;
  Outgoing& outgoing_;
  Readers& readers_;
  SendCommands& sends_;
  Copies& copies_;
  OnMoved on_moved_;
};

}  // namespace bisik::client
