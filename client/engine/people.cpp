#include "client/engine/people.hpp"

#include "client/engine/compose.hpp"
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
    entry.set_messages(static_cast<std::uint32_t>(contact.row.last_number()));
    if (const auto first = state_.message(account, 1)) entry.set_first_text(first->text());
    step.answer(command, std::move(reply));
  }
  step.done(command);
}

void People::accept(Step& step, CommandId command, const proto::pb::AcceptCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  if (!contact->is_request()) {
    return step.fail(
        command, failure(Exit::user, contact->row.name() + " is one of your contacts already."));
  }
  if (!request.new_name().empty() && !state_.contacts.rename(*contact, request.new_name(), step)) {
    return step.fail(command, failure(Exit::user, "That name cannot be read, or is taken."));
  }
  contact->row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
  contact->row.set_blocked(false);
  contact->save(step);
  take_in_messages(step, *contact);
  outgoing_.greet(*contact);
  finish(step, command, *contact);
}

// At most kMaxRequestMessages of them.
void People::take_in_messages(Step& step, const Contact& contact) {
  for (const auto& stored : state_.rows.range(RowKind::message, contact.id.bytes, {})) {
    readers_.take_in(step, contact, parse_row<proto::pb::MessageRow>(stored.value));
  }
}

void People::remove(Step& step, CommandId command, const proto::pb::RemoveCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  if (!contact->is_request() && !request.contact()) {
    const auto& name = contact->row.name();
    return step.fail(command, failure(Exit::user, name +
                                                      " is one of your contacts: all that you"
                                                      " wrote to each other would be gone."
                                                      " 'bisik delete " +
                                                      name + " --yes' does it."));
  }
  const auto removed = *contact;
  erase_messages(step, removed.id);
  outgoing_.forget(step, removed.id);
  sends_.forget(step, removed.id);
  forget_idempotency(step, state_, removed.id);
  state_.sessions.forget(step, removed.id);
  state_.contacts.remove(removed.id, step);
  finish(step, command, removed);
}

void People::erase_messages(Step& step, const crypto::AccountId& account) {
  std::uint64_t first = 0;
  for (bool more = true; more;) {
    const auto page =
        state_.rows.range(RowKind::message, account.bytes, {.first = first, .limit = kPageRows});
    more = page.size() == kPageRows;
    for (const auto& stored : page) {
      first = stored.order + 1;
      const auto row = parse_row<proto::pb::MessageRow>(stored.value);
      if (row.inbox() != 0) step.erase(RowKind::inbox, {{}, row.inbox()});
      step.erase(RowKind::message, message_id(account, row.number()));
    }
  }
}

// A stranger's request never got our write secret: there is nothing to change.
void People::block(Step& step, CommandId command, const proto::pb::BlockCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  const bool knows_secret = !contact->is_request();
  const bool newly = !contact->row.blocked() && !request.unblock();
  contact->row.set_blocked(!request.unblock());
  contact->save(step);
  if (knows_secret && newly) secrets_.change(step);
  if (request.now()) secrets_.end_old(step);
  finish(step, command, *contact);
}

}  // namespace bisik::client
