#include "client/engine/shown_message.hpp"

#include "client/engine/seen.hpp"

namespace bisik::client {
namespace {

// What it says of another message, and what was said of it.
void show_amendments(proto::pb::Message& message, const State& state, const Contact& contact,
                     const proto::pb::MessageRow& row) {
  message.set_deleted(row.deleted());
  if (row.has_about()) {
    *message.mutable_about() = row.about();
    const auto number = number_seen(state, contact.id, row.about().id());
    const auto about = number == 0 ? std::nullopt : state.message(contact.id, number);
    if (about && !about->deleted_here()) message.set_about_id(display_id(contact, number));
  }
  for (const auto& each : row.amendments()) {
    if (each.ours() == row.ours()) message.set_edited_timestamp_ms(each.edit_ms());
    if (each.emoji().empty()) continue;
    auto& reaction = *message.add_reactions();
    reaction.set_ours(each.ours());
    reaction.set_emoji(each.emoji());
  }
}

// What is known of one of ours beyond what became of it here. Of a note there is no more to know,
// whichever device of ours it was written on.
proto::pb::MessageState furthest(const Contact& contact, const proto::pb::MessageRow& row) {
  if (!row.ours()) return row.state();
  const bool is_note = contact.is_own() && row.state() == proto::pb::MESSAGE_STATE_RELAY;
  if (row.read_ms() != 0 || is_note) return proto::pb::MESSAGE_STATE_READ;
  return row.delivered_ms() != 0 ? proto::pb::MESSAGE_STATE_DELIVERED : row.state();
}

}  // namespace

proto::pb::Message to_api(const State& state, const Contact& contact,
                          const proto::pb::MessageRow& row) {
  proto::pb::Message message;
  message.set_id(display_id(contact, row.number()));
  message.set_chat(contact.chat_name());
  message.set_from(row.ours() ? state.identity->name : contact.row.name());
  const auto from = row.ours() ? state.identity->id() : contact.id;
  message.set_from_account(to_string(from.bytes));
  message.set_chat_account(to_string(contact.id.bytes));
  message.set_ours(row.ours());
  message.set_timestamp_ms(row.timestamp_ms());
  message.set_received_timestamp_ms(row.received_ms());
  message.set_text(row.text());
  message.set_state(furthest(contact, row));
  message.set_relay_timestamp_ms(row.relay_ms());
  message.set_delivered_timestamp_ms(row.delivered_ms());
  message.set_read_timestamp_ms(row.read_ms());
  message.set_trust(contact.row.trust());
  message.set_move(contact.row.move());
  message.set_cursor(row.inbox());
  message.set_at_ms(row.at_ms());
  message.set_idempotency_key(row.idempotency_key());
  show_amendments(message, state, contact, row);
  return message;
}

}  // namespace bisik::client
