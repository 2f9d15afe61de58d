#include "client/engine/moving.hpp"

#include <algorithm>

#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

crypto::Result<crypto::SuccessorStatement> assemble(const crypto::AccountKey& old,
                                                    const proto::Link& link) {
  const auto& half = *link.successor;
  const crypto::SuccessorClaim claim{half.old_key, link.contact->account_key, half.created};
  return crypto::SuccessorStatement::assemble(claim, claim.sign_as_old(old), half.by_new);
}

proto::pb::Successor announcement(const proto::Link& link,
                                  const crypto::SuccessorStatement& statement) {
  proto::pb::Successor said;
  said.set_statement(to_string(statement.bytes()));
  *said.mutable_relay() = to_proto(link.relay);
  said.set_write_secret(to_string(link.contact->write_secret.bytes()));
  said.set_token(to_string(link.contact->token));
  said.set_name(link.contact->name);
  return said;
}

bool is_outdated(const Step& step, crypto::UnixTime created) {
  return created + kMaxLinkLifetime < step.now_seconds() ||
         created > step.now_seconds() + kMostClockError;
}

}  // namespace

proto::pb::Succession to_api(const proto::Link& link) {
  const auto& fresh = link.contact->account_key;
  const auto& old = link.successor->old_key;
  proto::pb::Succession succession;
  succession.set_link(proto::format_link(link));
  succession.set_old_account(to_string(crypto::AccountId::of(old).bytes));
  succession.set_new_account(to_string(crypto::AccountId::of(fresh).bytes));
  succession.set_digits(grouped_digits(crypto::SafetyNumber::of(old, fresh)));
  succession.set_name(link.contact->name);
  succession.set_relay(proto::format_address(link.relay));
  return succession;
}

std::string grouped_digits(const crypto::SafetyNumber& number) {
  const auto& digits = number.digits();
  std::string groups;
  for (std::size_t i = 0; i < digits.size(); i += 5) {
    if (i != 0) groups += ' ';
    groups += digits.substr(i, 5);
  }
  return groups;
}

void Moving::succeed(Step& step, CommandId command, const proto::pb::SuccessorCommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  const auto& identity = *state_.identity;
  if (!identity.primary) return step.fail(command, not_the_primary());
  const auto from = proto::parse_link(request.of());
  if (!from) return step.fail(command, bad_link(from.error()));
  if (!from->mover) return step.fail(command, not_from_move());
  if (*from->mover == identity.account_key) return step.fail(command, moves_to_itself());
  const crypto::SuccessorClaim claim{*from->mover, identity.account_key, step.now_seconds()};
  joining_.invite_as(
      step, command,
      proto::LinkSuccessor{claim.old_key, claim.created, claim.sign_as_new(*identity.primary)});
}

void Moving::move(Step& step, CommandId command, const proto::pb::MoveCommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  const auto& identity = *state_.identity;
  if (!identity.primary) return step.fail(command, not_the_primary());
  if (request.link().empty()) return show(step, command);
  const auto link = proto::parse_link(request.link());
  if (!link) return step.fail(command, bad_link(link.error()));
  if (link->mover == identity.account_key) return step.fail(command, moves_to_itself());
  if (!link->successor) return step.fail(command, not_from_successor());
  if (link->successor->old_key != identity.account_key) {
    return step.fail(command, successor_of_another());
  }
  const auto statement = assemble(*identity.primary, *link);
  if (!statement) return step.fail(command, successor_of_another());
  if (is_outdated(step, statement->created())) return step.fail(command, old_successor());
  const auto& before = state_.successor;
  if (before && new_account_in(before->told) != crypto::AccountId::of(statement->new_key())) {
    return step.fail(command, has_another_successor(before->told.name()));
  }
  if (request.confirmed()) begin(step, announcement(*link, *statement));
  proto::pb::ApiReply reply;
  *reply.mutable_succession() = to_api(*link);
  reply.mutable_succession()->set_contacts(contacts());
  reply.mutable_succession()->set_done(request.confirmed());
  step.finish(command, std::move(reply));
}

void Moving::show(Step& step, CommandId command) const {
  const auto& identity = *state_.identity;
  proto::Link link{.relay = identity.relay, .invite = {}, .contact = {}};
  link.mover = identity.account_key;
  proto::pb::ApiReply reply;
  auto& succession = *reply.mutable_succession();
  succession.set_link(proto::format_link(link));
  succession.set_old_account(to_string(identity.id().bytes));
  if (state_.successor) {
    const auto& told = state_.successor->told;
    succession.set_new_account(to_string(new_account_in(told).bytes));
    succession.set_name(told.name());
    succession.set_relay(proto::format_address(from_proto(told.relay()).value()));
    succession.set_done(true);
  }
  step.finish(command, std::move(reply));
}

// On the disk before anybody is told; who is not reached now hears of it with the next message.
void Moving::begin(Step& step, const proto::pb::Successor& said) {
  state_.succeed(step, said);
  for (const auto& [account, contact] : state_.contacts.all()) {
    if (!state_.owes_successor(contact)) continue;
    outgoing_.greet(contact);
    outgoing_.hurry(step, contact);
  }
  copies_.news(step);
}

// Whom the primary knows now, it tells.
void Moving::told(Step& step, const proto::pb::Successor& said) {
  const auto statement = crypto::SuccessorStatement::parse(crypto::as_bytes(said.statement()));
  const auto& identity = *state_.identity;
  if (identity.primary || !statement || statement->old_key() != identity.account_key) return;
  if (state_.successor && state_.successor->told.statement() == said.statement()) return;
  state_.succeed(step, said);
  for (auto& [account, contact] : state_.contacts.all()) {
    if (contact.is_own()) continue;
    contact.row.set_successor_told(state_.successor->date);
    contact.save(step);
  }
}

std::uint32_t Moving::contacts() const {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(state_.contacts.all(), [](const auto& entry) {
        const auto& contact = entry.second;
        return contact.row.state() == proto::pb::CONTACT_STATE_ACCEPTED &&
               contact.may_be_written_to();
      }));
}

}  // namespace bisik::client
