// `join`, `add` and `invite`: how an account comes to be, and how people come to know each other.
#pragma once

#include "client/engine/copies.hpp"
#include "client/engine/mailbox.hpp"

namespace bisik::client {

class Joining {
 public:
  Joining(State& state, Mailbox& mailbox, Outgoing& outgoing, Readers& readers, Copies& copies)
      : state_{state}, mailbox_{mailbox}, outgoing_{outgoing}, readers_{readers}, copies_{copies} {}

  void join(Step& step, CommandId command, const proto::pb::JoinCommand& request);
  void add(Step& step, CommandId command, const proto::pb::AddCommand& request);
  void invite(Step& step, CommandId command, const proto::pb::InviteCommand& request);
  // A link for the contacts of an account that goes on as this one; answered by Succession.
  void invite_as(Step& step, CommandId command, const proto::LinkSuccessor& successor);

 private:
  void register_account(Step& step, CommandId command, const proto::Link& link);
  void registered(Step& step, CommandId command, const proto::Link& link,
                  const proto::pb::Response* response,
                  const std::optional<proto::pb::Failure>& failure);
  [[nodiscard]] proto::Link new_link() const;
  Contact& add_contact(Step& step, const proto::Link& link, const std::string& name);
  void add_write_keys(Step& step, CommandId command, const proto::Link& link, seconds lifetime);
  void link_made(Step& step, CommandId command, const proto::Link& link, seconds lifetime,
                 const proto::pb::Response* response,
                 const std::optional<proto::pb::Failure>& failure);

  State& state_;
  Mailbox& mailbox_;
  Outgoing& outgoing_;
  Readers& readers_;
  Copies& copies_;
};

}  // namespace bisik::client
