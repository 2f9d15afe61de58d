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
  Reader reader{.command = command, .request = request, .quiet_since = step.now()};
  const auto first = request.since() == UINT64_MAX ? UINT64_MAX : request.since() + 1;
  each_row(state_.rows, RowKind::inbox, {}, first, [&](const StoredRow& stored) {
    const auto entry = parse_row<proto::pb::InboxRow>(stored.value);
    reader.handed_up_to = entry.order();
    const auto account = crypto::AccountId::parse(crypto::as_bytes(entry.account())).value();
    const auto* contact = state_.contacts.find(account);
    const auto row = state_.message(account, entry.number());
    if (contact != nullptr && row) hand(step, reader, *contact, *row);
    return !reader.full();
  });
  if (reader.full()) return step.done(command);
  readers_.push_back(std::move(reader));
}

void Readers::cancel(CommandId command) {
  std::erase_if(readers_, [=](const Reader& reader) { return reader.command == command; });
}

void Readers::hand(Step& step, Reader& reader, const Contact& contact,
                   const proto::pb::MessageRow& row) {
  if (row.inbox() <= reader.request.since()) return;
  if (!shows(contact, reader.request.chat(), state_.contacts)) return;
  proto::pb::ApiReply reply;
  *reply.mutable_message() = to_api(state_, contact, row);
  step.answer(reader.command, std::move(reply));
  ++reader.handed;
  reader.quiet_since = step.now();
}

void Readers::take_in(Step& step, const Contact& contact, proto::pb::MessageRow row) {
  row.set_inbox(state_.next_inbox(step));
  proto::pb::InboxRow entry;
  entry.set_order(row.inbox());
  entry.set_account(row.account());
  entry.set_number(row.number());
  step.put(RowKind::inbox, {{}, row.inbox()}, entry);
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
    hand(step, reader, contact, row);
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
  if (request.cursor() != 0) {
    const auto entries =
        state_.rows.range(RowKind::inbox, {}, {.first = 0, .end = request.cursor() + 1});
    for (const auto& stored : entries) {
      acknowledge_one(step, parse_row<proto::pb::InboxRow>(stored.value));
    }
  }
  for (const auto& id : request.ids()) {
    const auto found = find_message(state_, id);
    if (!found) {
      return step.fail(command, failure(Exit::user, "There is no message " + id + "."));
    }
    proto::pb::InboxRow entry;
    entry.set_order(found->inbox());
    entry.set_account(found->account());
    entry.set_number(found->number());
    if (entry.order() != 0) acknowledge_one(step, entry);
  }
  for (const auto cursor : request.cursors()) {
    const auto entry = state_.rows.get(RowKind::inbox, {{}, cursor});
    if (entry) acknowledge_one(step, parse_row<proto::pb::InboxRow>(*entry));
  }
  step.done(command);
}

void Readers::acknowledge_one(Step& step, const proto::pb::InboxRow& entry) {
  step.erase(RowKind::inbox, {{}, entry.order()});
  const auto account = crypto::AccountId::parse(crypto::as_bytes(entry.account())).value();
  if (auto row = state_.message(account, entry.number())) {
    row->set_inbox(0);
    state_.save(step, *row);
  }
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
