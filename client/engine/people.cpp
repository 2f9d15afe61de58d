#include "client/engine/people.hpp"

#include "client/engine/amendments.hpp"
#include "client/engine/idempotency.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {

// Null: the command was answered, because there is nobody of that name.
Contact* People::find(Step& step, CommandId command, const std::string& name) const {
  auto* contact = state_.contacts.find(std::string_view{name});
  if (contact == nullptr) {
    step.fail(command, unknown_contact(name, state_.contacts.nearest(name)));
  }
  return contact;
}

void People::finish(Step& step, CommandId command, const Contact& contact) {
  proto::pb::ApiReply reply;
  *reply.mutable_contact() = to_api(contact);
  step.finish(command, std::move(reply));
}

void People::requests(Step& step, CommandId command) const {
  for (const auto& [account, contact] : state_.contacts.all()) {
    if (!contact.is_request() || contact.row.blocked()) continue;
    proto::pb::ApiReply reply;
    auto& entry = *reply.mutable_contact();
    entry = to_api(contact);
    if (const auto* before = state_.contacts.predecessor(account)) {
      entry.set_predecessor_name(before->row.name());
    }
    const auto before = contact.row.removed_number();
    entry.set_messages(static_cast<std::uint32_t>(contact.row.last_number() - before));
    if (const auto first = state_.message(account, before + 1)) entry.set_first_text(first->text());
    step.answer(command, std::move(reply));
  }
  step.done(command);
}

void People::accept(Step& step, CommandId command, const proto::pb::AcceptCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  if (!contact->is_stranger() || request.refuse()) return decide(step, command, *contact, request);
  if (const auto* before = state_.contacts.predecessor(contact->id)) {
    return step.fail(command, new_key_of(contact->row.name(), before->row.name()));
  }
  if (!request.new_name().empty() && !state_.contacts.rename(*contact, request.new_name(), step)) {
    return step.fail(command, failure(Exit::user, "That name cannot be read, or is taken."));
  }
  contact->row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
  contact->row.set_blocked(false);
  contact->save(step);
  readers_.take_in_request(step, *contact);
  outgoing_.greet(*contact);
  copies_.contact(step, contact->id);
  finish(step, command, *contact);
}

void People::rename(Step& step, CommandId command, const proto::pb::RenameCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  if (!state_.contacts.rename(*contact, request.new_name(), step)) {
    return step.fail(command, failure(Exit::user, "That name cannot be read, or is taken."));
  }
  readers_.contact_changed(step, *contact);
  copies_.contact(step, contact->id);
  finish(step, command, *contact);
}

// Of a contact who says to have moved. Who has refused may still follow.
void People::decide(Step& step, CommandId command, Contact& contact,
                    const proto::pb::AcceptCommand& request) {
  const auto& name = contact.row.name();
  const bool refused = contact.row.move() == proto::pb::MOVE_REFUSED;
  if (!contact.may_have_moved() && !refused) {
    return step.fail(command,
                     request.refuse()
                         ? has_not_moved(name)
                         : failure(Exit::user, name + " is one of your contacts already."));
  }
  if (contact.row.blocked()) return step.fail(command, you_have_blocked(name));
  if (request.refuse()) return successors_.refuse(step, command, contact);
  if (!request.new_name().empty() && !state_.contacts.rename(contact, request.new_name(), step)) {
    return step.fail(command, failure(Exit::user, "That name cannot be read, or is taken."));
  }
  successors_.accept(step, command, contact);
}

void People::remove(Step& step, CommandId command, const proto::pb::RemoveCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  if (!contact->is_stranger() && !request.contact()) {
    const auto& name = contact->row.name();
    return step.fail(command, failure(Exit::user, name +
                                                      " is one of your contacts: all that you"
                                                      " wrote to each other would be gone."
                                                      " 'bisik delete " +
                                                      name + " --yes' does it."));
  }
  forget(step, *contact);
  copies_.contact(step, contact->id);
  finish(step, command, *contact);
}

void People::forget(Step& step, Contact& contact) {
  erase_messages(step, contact.id);
  outgoing_.forget(step, contact.id);
  sends_.forget(step, contact.id);
  forget_idempotency(step, state_, contact.id);
  forget_early(step, state_, contact.id);
  contact.row.set_early(0);
  state_.contacts.remove(contact, step);
}

void People::erase_messages(Step& step, const crypto::AccountId& account) {
  each_row(state_.rows, RowKind::message, account.bytes, 0, [&](const StoredRow& stored) {
    const auto row = parse_row<proto::pb::MessageRow>(stored.value);
    readers_.forget(step, row);
    step.erase(RowKind::message, message_id(account, row.number()));
    return true;
  });
}

// A stranger's request never got our write secret: there is nothing to change.
void People::block(Step& step, CommandId command, const proto::pb::BlockCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  const bool knows_secret = !contact->is_stranger();
  const bool newly = !contact->row.blocked() && !request.unblock();
  const bool no_longer = contact->row.blocked() && request.unblock();
  contact->row.set_blocked(!request.unblock());
  contact->save(step);
  if (knows_secret && newly) secrets_.change(step);
  if (newly) outgoing_.halt(step, *contact, you_have_blocked(contact->row.name()));
  if (knows_secret && no_longer) {
    contact->row.set_greeted(false);  // it has missed the secrets since
    contact->save(step);
    outgoing_.greet(*contact);
  }
  copies_.contact(step, contact->id);
  if (!knows_secret || !request.now()) return finish(step, command, *contact);
  secrets_.end_old(step, [this, command, id = contact->id](
                             Step& later, const std::optional<proto::pb::Failure>& why_not) {
    const auto* blocked = state_.contacts.find(id);
    if (why_not) return later.fail(command, blocked_here(blocked->row.name(), *why_not));
    finish(later, command, *blocked);
  });
}

void People::may_write_again(const Step& step, const Contact& contact) {
  outgoing_.door_opened(step, contact.id);
  if (outgoing_.owes_words(contact)) outgoing_.greet(contact);
}

void People::repair(Step& step, CommandId command, const proto::pb::RepairCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  const auto& name = contact->row.name();
  if (contact->is_stranger()) {
    return step.fail(command,
                     failure(Exit::user, name + " is a request that you have not accepted."));
  }
  if (contact->row.blocked()) return step.fail(command, you_have_blocked(name));
  if (contact->row.trust() == proto::pb::TRUST_CHANGED) {
    return step.fail(command, not_trusted(name));
  }
  repairs_.begin(step, *contact);
  outgoing_.hurry(step, *contact);
  finish(step, command, *contact);
}

}  // namespace bisik::client
