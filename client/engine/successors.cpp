#include "client/engine/successors.hpp"

#include "client/engine/moved_rows.hpp"
#include "client/engine/private_host.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

using proto::pb::Successor;

constexpr auto kAccepted = proto::pb::CONTACT_STATE_ACCEPTED;

// Nothing: it is not about this contact's key, or not signed by both.
std::optional<crypto::SuccessorStatement> statement_of(const Contact& contact,
                                                       const Successor& said) {
  const auto statement = crypto::SuccessorStatement::parse(crypto::as_bytes(said.statement()));
  if (!statement || statement->old_key() != contact.account_key()) return std::nullopt;
  return *statement;
}

// How the new account is written to, unless it has said so itself.
void take_link(Contact& fresh, const Successor& said) {
  if (!fresh.row.write_secret().empty()) return;
  *fresh.row.mutable_relay() = said.relay();
  fresh.row.set_relay_is_said(true);
  fresh.row.set_link_secret(said.write_secret());
  fresh.row.set_link_token(said.token());
}

}  // namespace

void Successors::heard(Step& step, Contact& contact, const Successor& said) {
  if (contact.is_stranger() || contact.is_own() || contact.row.blocked()) return;
  const auto statement = statement_of(contact, said);
  const auto relay = from_proto(said.relay());
  if (!statement || !relay) return;
  if (crypto::AccountId::of(statement->new_key()) == state_.identity->id()) return;
  if (!may_connect(*relay, state_.identity->relay)) {
    return readers_.notice(step, contact, moved_out_of_reach(contact.row.name()));
  }
  if (contact.row.move() == proto::pb::MOVE_NONE) return offer(step, contact, said);
  const auto known = statement_of(contact, contact.row.successor()).value();
  if (known.new_key() != statement->new_key()) return contradict(step, contact);
  if (statement->created() > known.created()) say_again(step, contact, said);
}

void Successors::offer(Step& step, Contact& contact, const Successor& said) {
  contact.row.set_move(proto::pb::MOVE_OFFERED);
  *contact.row.mutable_successor() = said;
  contact.save(step);
  readers_.notice(step, contact, says_has_moved(contact.row.name()));
  readers_.contact_changed(step, contact);
  outgoing_.halt(step, contact, may_have_moved(contact.row.name()));
}

// The same once more: the way to the new account may be another one.
void Successors::say_again(Step& step, Contact& contact, const Successor& said) {
  *contact.row.mutable_successor() = said;
  contact.save(step);
  auto* fresh = contact.has_moved() ? followed(contact) : nullptr;
  if (fresh == nullptr) return;
  take_link(*fresh, said);
  fresh->save(step);
  outgoing_.door_opened(step, fresh->id);
}

// One key, two successors: somebody else has it. Nothing is sent before the person has looked.
void Successors::contradict(Step& step, Contact& contact) {
  auto* fresh = contact.has_moved() ? followed(contact) : nullptr;
  auto& alarmed = fresh != nullptr ? *fresh : contact;
  readers_.notice(step, alarmed, two_successors(alarmed.row.name()));
  if (alarmed.row.trust() == proto::pb::TRUST_CHANGED) return;
  alarmed.row.set_trust(proto::pb::TRUST_CHANGED);
  alarmed.save(step);
  readers_.contact_changed(step, alarmed);
  outgoing_.halt(step, alarmed, not_trusted(alarmed.row.name()));
}

void Successors::told(Step& step, Contact& contact, const proto::pb::SharedContact& shared) {
  const auto statement = statement_of(contact, shared.successor());
  if (contact.has_moved() || contact.is_stranger() || !statement) return;
  if (crypto::AccountId::of(statement->new_key()) == state_.identity->id()) return;
  if (!shared.followed() && !shared.refused()) {
    if (contact.row.move() == proto::pb::MOVE_NONE) offer(step, contact, shared.successor());
    return;
  }
  *contact.row.mutable_successor() = shared.successor();
  if (shared.refused()) return keep_refused(step, contact);
  // Where the name has been handed over already, the new one's comes with what is told of it.
  auto& fresh = follow(step, contact, Decided::elsewhere, contact.row.name() == shared.name());
  fresh.row.set_greeted(true);  // by the device on which the person has decided
  fresh.save(step);
  readers_.contact_changed(step, fresh);
}

void Successors::accept(Step& step, CommandId command, Contact& contact) {
  const auto& name = contact.row.name();
  if (contact.row.trust() == proto::pb::TRUST_CHANGED) {
    return step.fail(command, not_trusted(name));
  }
  const auto* present = state_.contacts.find(*contact.successor());
  if (present != nullptr && present->row.blocked()) {
    return step.fail(command, you_have_blocked(present->row.name()));
  }
  auto& fresh = follow(step, contact, Decided::here, false);
  if (!fresh.row.greeted()) outgoing_.greet(fresh);
  outgoing_.hurry(step, fresh);
  readers_.contact_changed(step, fresh);
  proto::pb::ApiReply reply;
  *reply.mutable_contact() = to_api(fresh);
  reply.mutable_contact()->set_follows(true);
  step.finish(command, std::move(reply));
}

void Successors::refuse(Step& step, CommandId command, Contact& contact) {
  keep_refused(step, contact);
  copies_.contact(step, contact.id);
  outgoing_.hurry(step, contact);
  proto::pb::ApiReply reply;
  *reply.mutable_contact() = to_api(contact);
  step.finish(command, std::move(reply));
}

void Successors::keep_refused(Step& step, Contact& contact) {
  contact.row.set_move(proto::pb::MOVE_REFUSED);
  contact.save(step);
  readers_.contact_changed(step, contact);
}

Contact* Successors::followed(const Contact& old) {
  const auto successor = old.successor();
  auto* fresh = successor ? state_.contacts.find(*successor) : nullptr;
  return fresh == nullptr || fresh->is_stranger() ? nullptr : fresh;
}

// One commit: whoever dies before it is asked again.
Contact& Successors::follow(Step& step, Contact& old, Decided where, bool keep_names) {
  const auto held = held_back(*old.successor());
  auto& fresh = find_or_add(step, old);
  if (where == Decided::here) {  // before anything that was written there
    copies_.contact(step, old.id);
    copies_.contact(step, fresh.id);
  }
  const auto shift = old.row.last_number();
  merge(step, old, fresh);
  if (!keep_names) state_.contacts.hand_over_name(old, fresh);
  if (fresh.has_moved()) {  // somebody goes back to a key that was given up
    fresh.row.clear_move();
    fresh.row.clear_successor();
  }
  take_link(fresh, old.row.successor());
  fresh.row.set_added_ms(old.row.added_ms());
  old.row.set_move(proto::pb::MOVE_FOLLOWED);
  old.row.clear_repair();
  for (auto row : held) {
    row.set_number(row.number() + shift);
    readers_.take_in(step, fresh, std::move(row));
  }
  old.save(step);
  fresh.save(step);
  on_moved_();
  return fresh;
}

// What a stranger has written, who was not accepted yet.
std::vector<proto::pb::MessageRow> Successors::held_back(const crypto::AccountId& account) {
  std::vector<proto::pb::MessageRow> held;
  const auto* known = state_.contacts.find(account);
  if (known == nullptr || !known->is_request()) return held;
  for (const auto& stored : state_.rows.range(RowKind::message, account.bytes, {})) {
    held.push_back(parse_row<proto::pb::MessageRow>(stored.value));
  }
  return held;
}

Contact& Successors::find_or_add(Step& step, const Contact& old) {
  const auto& said = old.row.successor();
  if (auto* known = state_.contacts.find(*old.successor())) {
    if (known->is_removed()) state_.contacts.revive(*known, said.name(), kAccepted);
    known->row.set_state(known->is_request() ? kAccepted : known->row.state());
    return *known;
  }
  const auto statement = statement_of(old, said).value();
  auto& fresh = state_.contacts.add(statement.new_key(), said.name(), step);
  fresh.row.set_state(proto::pb::CONTACT_STATE_INVITED);
  return fresh;
}

// What the new account has written until now comes behind what there was.
void Successors::merge(Step& step, Contact& old, Contact& fresh) {
  if (const auto shift = old.row.last_number(); fresh.row.last_number() != 0 && shift != 0) {
    move_rows(step, state_, fresh.id, fresh.id, shift);
    outgoing_.renumber(step, fresh.id, shift);
    sends_.renumber(step, fresh.id, fresh.id, shift);
    copies_.follow(step, fresh.id, fresh.id, shift);
  }
  move_rows(step, state_, old.id, fresh.id, 0);
  outgoing_.follow(step, old.id, fresh.id);
  sends_.renumber(step, old.id, fresh.id, 0);
  copies_.follow(step, old.id, fresh.id, 0);
  fresh.row.set_early(fresh.row.early() + old.row.early());
  old.row.set_early(0);
  const auto before = fresh.row.last_number();
  fresh.row.set_last_number(old.row.last_number() + before);
  fresh.row.set_removed_number(old.row.removed_number());
  old.row.set_removed_number(old.row.last_number());
}

}  // namespace bisik::client
