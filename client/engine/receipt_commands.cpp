#include "client/engine/receipt_commands.hpp"

#include <algorithm>

#include "client/engine/seen.hpp"
#include "client/engine/sentences.hpp"
#include "client/name.hpp"

namespace bisik::client {
namespace {

using proto::pb::ReceiptsCommand;

void add_recipient(proto::pb::Sent& sent, const Contact& contact) {
  auto& recipient = *sent.add_recipients();
  recipient.set_name(contact.row.name());
  recipient.set_account(to_string(contact.id.bytes));
  recipient.set_state(proto::pb::MESSAGE_STATE_WAITING);
}

}  // namespace

Contact* ReceiptCommands::find(Step& step, CommandId command, const std::string& name) const {
  auto* contact = state_.contacts.find(std::string_view{name});
  if (contact == nullptr) {
    step.fail(command, unknown_contact(name, state_.contacts.nearest(name)));
  }
  return contact;
}

void ReceiptCommands::set(Step& step, CommandId command, const ReceiptsCommand& request) {
  auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  auto& row = contact->row;
  if (request.delivery() != ReceiptsCommand::SWITCH_AS_IT_IS) {
    row.set_no_delivery_receipts(request.delivery() == ReceiptsCommand::SWITCH_OFF);
  }
  if (request.read() != ReceiptsCommand::SWITCH_AS_IT_IS) {
    row.set_no_read_receipts(request.read() == ReceiptsCommand::SWITCH_OFF);
  }
  if (request.typing() != ReceiptsCommand::SWITCH_AS_IT_IS) {
    row.set_no_typing_notices(request.typing() == ReceiptsCommand::SWITCH_OFF);
  }
  const bool off = request.delivery() == ReceiptsCommand::SWITCH_OFF ||
                   request.read() == ReceiptsCommand::SWITCH_OFF;
  if (off) outgoing_.owed_receipts().leave_out(step, *contact);
  const bool asks = request.delivery() == ReceiptsCommand::SWITCH_AS_IT_IS &&
                    request.read() == ReceiptsCommand::SWITCH_AS_IT_IS &&
                    request.typing() == ReceiptsCommand::SWITCH_AS_IT_IS;
  if (!asks) {
    contact->save(step);
    readers_.contact_changed(step, *contact);
    copies_.contact(step, contact->id);
  }
  proto::pb::ApiReply reply;
  *reply.mutable_contact() = to_api(*contact);
  step.finish(command, std::move(reply));
}

void ReceiptCommands::send(Step& step, CommandId command,
                           const proto::pb::SendReceiptCommand& request) {
  const auto* contact = find(step, command, request.name());
  if (contact == nullptr) return;
  const auto& name = contact->row.name();
  if (request.timestamps().empty()) return step.fail(command, names_no_message());
  if (contact->row.no_read_receipts()) return step.fail(command, hears_no_reading(name));
  std::vector<std::string> ids;
  std::vector<proto::pb::MessageRow> read;
  for (const auto timestamp : request.timestamps()) {
    auto row = find_by_timestamp(state_, contact->id, false, timestamp);
    if (!row) return step.fail(command, no_message_of(name, timestamp));
    ids.push_back(row->content_id());
    if (row->read_ms() != 0) continue;
    row->set_read_ms(step.now_ms());
    read.push_back(std::move(*row));
  }
  for (const auto& row : read) {
    state_.save(step, row);
    copies_.read(step, contact->id, row.number());
  }
  outgoing_.owed_receipts().read(step, *contact, ids);
  proto::pb::ApiReply reply;
  reply.mutable_sent()->set_timestamp_ms(step.now_ms());
  add_recipient(*reply.mutable_sent(), *contact);
  step.finish(command, std::move(reply));
}

void ReceiptCommands::type(Step& step, CommandId command, const proto::pb::TypingCommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  proto::pb::ApiReply reply;
  auto& sent = *reply.mutable_sent();
  sent.set_timestamp_ms(step.now_ms());
  for (const auto& name : request.recipients()) {
    const auto* contact = state_.contacts.find(std::string_view{name});
    if (contact != nullptr && !contact->row.no_typing_notices()) {
      outgoing_.type(step, *contact, request.stopped());
      add_recipient(sent, *contact);
      continue;
    }
    auto& recipient = *sent.add_recipients();
    recipient.set_name(name);
    recipient.set_state(proto::pb::MESSAGE_STATE_FAILED);
    *recipient.mutable_failure() = contact != nullptr
                                       ? hears_no_typing(contact->row.name())
                                       : unknown_contact(name, state_.contacts.nearest(name));
  }
  step.finish(command, std::move(reply));
}

// Whoever does not hear it at once hears it with the next message.
void ReceiptCommands::call_itself(Step& step, CommandId command,
                                  const proto::pb::ProfileCommand& request) {
  if (!state_.joined()) return step.fail(command, not_joined());
  proto::pb::Profile profile;
  profile.set_name(clean_name(request.name()));
  if (profile.name().empty()) {
    return step.fail(command, failure(Exit::user, "That name cannot be read."));
  }
  const auto before = state_.profile ? state_.profile->changed_ms() : 0;
  profile.set_changed_ms(std::max(step.now_ms(), before + 1));
  static_cast<void>(state_.learn_profile(step, profile));
  for (const auto& [account, contact] : state_.contacts.all()) {
    const bool is_known = contact.row.state() == proto::pb::CONTACT_STATE_ACCEPTED;
    if (is_known && contact.may_be_written_to()) outgoing_.greet(contact);
  }
  copies_.news(step);
  proto::pb::ApiReply reply;
  *reply.mutable_who_am_i() = to_api(*state_.identity);
  step.finish(command, std::move(reply));
}

}  // namespace bisik::client
