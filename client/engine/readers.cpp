#include "client/engine/readers.hpp"

#include <algorithm>

#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

bool shows(const Contact& contact, const std::string& wanted, ContactBook& contacts) {
  return wanted.empty() || contacts.find(std::string_view{wanted}) == &contact;
}

}  // namespace

proto::pb::Message to_api(const State& state, const Contact& contact,
                          const proto::pb::MessageRow& row) {
  proto::pb::Message message;
  message.set_id(display_id(contact, row.number()));
  message.set_chat(contact.row.name());
  message.set_from(row.ours() ? state.identity->name : contact.row.name());
  const auto from = row.ours() ? state.identity->id() : contact.id;
  message.set_from_account(to_string(from.bytes));
  message.set_ours(row.ours());
  message.set_timestamp_ms(row.timestamp_ms());
  message.set_received_timestamp_ms(row.received_ms());
  message.set_text(row.text());
  message.set_state(row.state());
  message.set_trust(contact.row.trust());
  message.set_move(contact.row.move());
  message.set_cursor(row.inbox());
  message.set_at_ms(row.at_ms());
  message.set_idempotency_key(row.idempotency_key());
  return message;
}

void Readers::start(Step& step, CommandId command, const proto::pb::ReceiveCommand& request) {
  if (readers_.size() >= kMaxReaders) {
    return step.fail(command, failure(Exit::rate, "Too many commands read this profile already."));
  }
  if (!request.chat().empty() &&
      state_.contacts.find(std::string_view{request.chat()}) == nullptr) {
    return step.fail(command,
                     unknown_contact(request.chat(), state_.contacts.nearest(request.chat())));
  }
  const bool is_new = !request.consumer().empty() && !consumers_.knows(request.consumer());
  if (is_new) {
    if (auto why_not = consumers_.begin(step, request.consumer(), request.since())) {
      return step.fail(command, std::move(*why_not));
    }
  }
  Reader reader{.command = command, .request = request, .quiet_since = step.now()};
  const auto first = request.since() == UINT64_MAX ? UINT64_MAX : request.since() + 1;
  // What a new one has is not on disk yet, and nobody's inbox says the same.
  const auto group = is_new ? crypto::Bytes{} : Consumers::group(request.consumer());
  each_row(state_.rows, RowKind::inbox, group, first, [&](const StoredRow& stored) {
    const auto entry = parse_row<proto::pb::InboxRow>(stored.value);
    reader.handed_up_to = entry.order();
    const auto account = crypto::AccountId::parse(crypto::as_bytes(entry.account())).value();
    const auto* contact = state_.contacts.find(account);
    const auto row = state_.message(account, entry.number());
    if (contact != nullptr && row) hand(step, reader, *contact, *row, entry.order());
    return !reader.full();
  });
  if (reader.full()) return step.done(command);
  readers_.push_back(std::move(reader));
}

void Readers::cancel(CommandId command) {
  std::erase_if(readers_, [=](const Reader& reader) { return reader.command == command; });
}

void Readers::hand(Step& step, Reader& reader, const Contact& contact,
                   const proto::pb::MessageRow& row, std::uint64_t order) {
  if (order <= reader.request.since() || row.received_ms() < reader.request.since_ms()) return;
  if (!shows(contact, reader.request.chat(), state_.contacts)) return;
  proto::pb::ApiReply reply;
  *reply.mutable_message() = to_api(state_, contact, row);
  reply.mutable_message()->set_cursor(order);
  step.answer(reader.command, std::move(reply));
  ++reader.handed;
  reader.quiet_since = step.now();
}

void Readers::take_in(Step& step, const Contact& contact, proto::pb::MessageRow row) {
  row.set_inbox(state_.next_inbox(step));
  row.set_arrived(row.inbox());
  proto::pb::InboxRow entry;
  entry.set_order(row.inbox());
  entry.set_account(row.account());
  entry.set_number(row.number());
  consumers_.take_in(step, entry);
  state_.save(step, row);
  offer(step, contact, row);
}

void Readers::take_in_request(Step& step, const Contact& contact) {
  for (const auto& stored : state_.rows.range(RowKind::message, contact.id.bytes, {})) {
    take_in(step, contact, parse_row<proto::pb::MessageRow>(stored.value));
  }
}

void Readers::offer(Step& step, const Contact& contact, const proto::pb::MessageRow& row) {
  for (auto& reader : readers_) {
    hand(step, reader, contact, row, row.inbox());
    reader.handed_up_to = row.inbox();
    if (reader.full()) step.done(reader.command);
  }
  std::erase_if(readers_, [](const Reader& reader) { return reader.full(); });
}

void Readers::kept(Step& step, const Contact& contact, const proto::pb::MessageRow& row) const {
  proto::pb::ApiReply reply;
  *reply.mutable_message() = to_api(state_, contact, row);
  tell(step, contact, reply);
}

void Readers::state_changed(Step& step, const Outcome& outcome) const {
  const auto* contact = state_.contacts.find(outcome.account);
  if (contact == nullptr) return;
  proto::pb::ApiReply reply;
  reply.mutable_state_changed()->set_id(display_id(*contact, outcome.number));
  reply.mutable_state_changed()->set_state(outcome.state);
  tell(step, *contact, reply);
}

void Readers::contact_changed(Step& step, const Contact& contact) const {
  proto::pb::ApiReply reply;
  *reply.mutable_contact() = to_api(contact);
  tell(step, contact, reply);
}

void Readers::notice(Step& step, const Contact& contact, const std::string& sentence) const {
  proto::pb::ApiReply reply;
  reply.mutable_notice()->set_chat(contact.row.name());
  reply.mutable_notice()->set_sentence(sentence);
  tell(step, contact, reply);
}

void Readers::notice(Step& step, const std::string& sentence) const {
  proto::pb::ApiReply reply;
  reply.mutable_notice()->set_sentence(sentence);
  for (const auto& reader : readers_) {
    if (reader.request.states()) step.answer(reader.command, reply);
  }
}

void Readers::tell(Step& step, const Contact& contact, const proto::pb::ApiReply& reply) const {
  for (const auto& reader : readers_) {
    if (!reader.request.states()) continue;
    if (shows(contact, reader.request.chat(), state_.contacts)) step.answer(reader.command, reply);
  }
}

void Readers::acknowledge(Step& step, CommandId command, const proto::pb::AckCommand& request) {
  const auto& consumer = request.consumer();
  if (!consumer.empty() && !consumers_.knows(consumer)) {
    return step.fail(command, unknown_consumer(consumer));
  }
  if (request.cursor() != 0) acknowledge_up_to(step, consumer, request.cursor());
  for (const auto& id : request.ids()) {
    const auto found = find_message(state_, id);
    if (!found) {
      return step.fail(command, failure(Exit::user, "There is no message " + id + "."));
    }
    proto::pb::InboxRow entry;
    const bool is_named = !consumer.empty() && found->arrived() != 0;
    entry.set_order(is_named ? found->arrived() : found->inbox());
    entry.set_account(found->account());
    entry.set_number(found->number());
    if (entry.order() != 0) acknowledge_one(step, consumer, entry);
  }
  for (const auto cursor : request.cursors()) {
    const auto entry = state_.rows.get(RowKind::inbox, {Consumers::group(consumer), cursor});
    if (entry) acknowledge_one(step, consumer, parse_row<proto::pb::InboxRow>(*entry));
  }
  step.done(command);
}

void Readers::acknowledge_up_to(Step& step, const std::string& consumer, std::uint64_t cursor) {
  each_row(state_.rows, RowKind::inbox, Consumers::group(consumer), 0,
           [&](const StoredRow& stored) {
             if (stored.order > cursor) return false;
             acknowledge_one(step, consumer, parse_row<proto::pb::InboxRow>(stored.value));
             return true;
           });
}

void Readers::acknowledge_one(Step& step, const std::string& consumer,
                              const proto::pb::InboxRow& entry) {
  step.erase(RowKind::inbox, {Consumers::group(consumer), entry.order()});
  if (!consumer.empty()) return;
  const auto account = crypto::AccountId::parse(crypto::as_bytes(entry.account())).value();
  if (auto row = state_.message(account, entry.number())) {
    row->set_arrived(entry.order());  // earlier builds did not note it
    row->set_inbox(0);
    state_.save(step, *row);
  }
}

void Readers::consumers(Step& step, CommandId command, const proto::pb::ConsumersCommand& request) {
  const auto& gone = request.remove();
  if (gone.empty()) {
    consumers_.list(step, command);
    return step.done(command);
  }
  if (!consumers_.knows(gone)) return step.fail(command, unknown_consumer(gone));
  consumers_.remove(step, gone);
  std::erase_if(readers_, [&](const Reader& reader) {
    if (reader.request.consumer() != gone) return false;
    step.fail(reader.command, unknown_consumer(gone));
    return true;
  });
  step.done(command);
}

void Readers::expire(Step& step, bool drained,
                     const std::optional<proto::pb::Failure>& unreachable) {
  std::erase_if(readers_, [&](Reader& reader) {
    if (reader.request.follow()) return false;
    reader.over = step.now() - reader.quiet_since >= milliseconds{reader.request.timeout_ms()};
    if (!reader.over || (!drained && !unreachable)) return false;
    if (!drained && reader.handed == 0) {
      step.fail(reader.command, *unreachable);
    } else {
      step.done(reader.command);
    }
    return true;
  });
}

std::optional<Time> Readers::wake_at() const {
  std::optional<Time> earliest;
  for (const auto& reader : readers_) {
    if (reader.request.follow() || reader.over) continue;
    const auto over = reader.quiet_since + milliseconds{reader.request.timeout_ms()};
    if (!earliest || over < *earliest) earliest = over;
  }
  return earliest;
}

}  // namespace bisik::client
