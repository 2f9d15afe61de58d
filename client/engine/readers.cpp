#include "client/engine/readers.hpp"

#include <algorithm>

#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

// What is of no chat in particular each shows.
bool shows(const Contact* about, const std::string& wanted, ContactBook& contacts) {
  return about == nullptr || wanted.empty() || contacts.find_chat(wanted) == about;
}

// The messages that a step has changed, by their ids. Of many readers' rows in one step each
// message would look through all.
std::map<RowId, const RowWrite*> changed_messages(const Step& step) {
  std::map<RowId, const RowWrite*> changed;
  for (const auto& write : step.rows()) {
    if (write.kind == RowKind::message) changed[write.id] = &write;
  }
  return changed;
}

bool watches(const proto::pb::ReceiveCommand& request) { return request.states(); }

bool hears_notices(const proto::pb::ReceiveCommand& request) {
  return request.states() || request.person();
}

}  // namespace

void Readers::wait(CommandId command, const proto::pb::ReceiveCommand& request) {
  if (readers_.size() >= kMaxReaders) return;  // start() says so
  readers_.push_back({.command = command, .request = request, .quiet_since = {}, .waits = true});
}

void Readers::start(Step& step, CommandId command, const proto::pb::ReceiveCommand& request,
                    const std::optional<proto::pb::Failure>& unreachable) {
  cancel(command);  // that it waits
  if (readers_.size() >= kMaxReaders) {
    return step.fail(command, failure(Exit::rate, "Too many commands read this profile already."));
  }
  if (!request.chat().empty() && state_.contacts.find_chat(request.chat()) == nullptr) {
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
  hand_what_is_here(step, reader, is_new);
  if (reader.full()) return end(step, reader, unreachable);
  if (request.follow() && reader.handed != 0) say_not_looked_for(step, reader, unreachable);
  readers_.push_back(std::move(reader));
  if (!request.person()) return;
  for (auto& [account, contact] : state_.contacts.all()) {
    if (contact.row.device_news().empty()) continue;
    if (!shows(&contact, request.chat(), state_.contacts)) continue;
    tell_news(step, contact);
    contact.save(step);
  }
}

// As it is by now: a message that has come in this step may have taken some of it back.
void Readers::hand_what_is_here(Step& step, Reader& reader, bool is_new) {
  const auto changed = changed_messages(step);
  const auto row_of = [&](const crypto::AccountId& account, std::uint64_t number) {
    const auto write = changed.find(message_id(account, number));
    if (write == changed.end()) return state_.message(account, number);
    const auto& value = write->second->value;
    return value ? std::optional{parse_row<proto::pb::MessageRow>(*value)} : std::nullopt;
  };
  const auto since = reader.request.since();
  // What a new one has is not on disk yet, and nobody's inbox says the same.
  const auto group = is_new ? crypto::Bytes{} : Consumers::group(reader.request.consumer());
  each_row(state_.rows, RowKind::inbox, group, since == UINT64_MAX ? since : since + 1,
           [&](const StoredRow& stored) {
             const auto entry = parse_row<proto::pb::InboxRow>(stored.value);
             if (!fresh_.empty() && entry.order() >= fresh_.front().order) return false;
             const auto account = crypto::AccountId::parse(crypto::as_bytes(entry.account()));
             const auto* contact = state_.contacts.find(account.value());
             const auto row = row_of(account.value(), entry.number());
             if (contact != nullptr && row) hand(step, reader, *contact, *row, entry.order());
             return !reader.full();
           });
}

void Readers::end(Step& step, const Reader& reader,
                  const std::optional<proto::pb::Failure>& unreachable) {
  say_not_looked_for(step, reader, unreachable);
  step.done(reader.command);
}

void Readers::say_not_looked_for(Step& step, const Reader& reader,
                                 const std::optional<proto::pb::Failure>& unreachable) {
  if (!reader.request.look() || !unreachable) return;
  proto::pb::ApiReply reply;
  reply.mutable_notice()->set_sentence(not_looked_for(*unreachable));
  step.answer(reader.command, std::move(reply));
}

void Readers::cancel(CommandId command) {
  std::erase_if(readers_, [=](const Reader& reader) { return reader.command == command; });
}

void Readers::hand(Step& step, Reader& reader, const Contact& contact,
                   const proto::pb::MessageRow& row, std::uint64_t order) {
  if (order <= reader.request.since() || row.received_ms() < reader.request.since_ms()) return;
  if (!shows(&contact, reader.request.chat(), state_.contacts)) return;
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
  entry.set_read(row.read_ms() != 0);
  consumers_.take_in(step, entry);
  state_.save(step, row);
  owed_receipts_.arrived(step, contact, row.content_id());
  fresh_.push_back({row.inbox(), contact.id, row.number()});
  if (typing_.contains(contact.id)) typing(step, contact, true, step.now_ms());
}

void Readers::take_in_request(Step& step, const Contact& contact) {
  for (const auto& stored : state_.rows.range(RowKind::message, contact.id.bytes, {})) {
    take_in(step, contact, parse_row<proto::pb::MessageRow>(stored.value));
  }
}

void Readers::hand_out(Step& step, bool all_is_here) {
  while (!fresh_.empty() && (all_is_here || fresh_.size() > kMaxHeldFresh)) {
    const auto fresh = fresh_.front();
    fresh_.pop_front();
    offer(step, fresh);
  }
}

// As it is by now: also under another account, to which a contact has moved.
std::optional<proto::pb::MessageRow> Readers::find(const Step& step, const Fresh& fresh) const {
  using proto::pb::InboxRow;
  using proto::pb::MessageRow;
  const auto row_of = [&](const crypto::AccountId& account, std::uint64_t number) {
    return latest<MessageRow>(step, state_.rows, RowKind::message, message_id(account, number));
  };
  if (auto row = row_of(fresh.account, fresh.number)) return row;
  const auto entry =
      latest<InboxRow>(step, state_.rows, RowKind::inbox, {Consumers::group({}), fresh.order});
  if (!entry) return std::nullopt;
  return row_of(crypto::AccountId::parse(crypto::as_bytes(entry->account())).value(),
                entry->number());
}

void Readers::offer(Step& step, const Fresh& fresh) {
  const auto row = find(step, fresh);
  if (!row || row->deleted_here()) return;
  const auto account = crypto::AccountId::parse(crypto::as_bytes(row->account())).value();
  const auto* contact = state_.contacts.find(account);
  if (contact == nullptr) return;
  for (auto& reader : readers_) {
    if (reader.waits) continue;
    hand(step, reader, *contact, *row, fresh.order);
    if (reader.full()) step.done(reader.command);
  }
  std::erase_if(readers_, [](const Reader& reader) { return reader.full(); });
}

void Readers::kept(Step& step, const Contact& contact, const proto::pb::MessageRow& row) const {
  proto::pb::ApiReply reply;
  *reply.mutable_message() = to_api(state_, contact, row);
  tell(step, &contact, reply, watches);
}

void Readers::told(Step& step, const Contact& contact, const proto::pb::MessageRow& row) const {
  const auto linked = state_.identity->device.record.created().time_since_epoch();
  proto::pb::ApiReply reply;
  auto& message = *reply.mutable_message();
  message = to_api(state_, contact, row);
  message.set_by_other_device(
      row.ours() && row.received_ms() >= static_cast<std::uint64_t>(milliseconds{linked}.count()));
  tell(step, &contact, reply, watches);
}

void Readers::state_changed(Step& step, const Outcome& outcome) const {
  const auto* contact = state_.contacts.find(outcome.account);
  if (contact == nullptr) return;
  proto::pb::ApiReply reply;
  auto& changed = *reply.mutable_state_changed();
  changed.set_id(display_id(*contact, outcome.number));
  changed.set_state(outcome.state);
  changed.set_at_ms(step.now_ms());
  changed.set_chat(contact->chat_name());
  changed.set_account(to_string(contact->id.bytes));
  const auto id = message_id(outcome.account, outcome.number);
  if (const auto row = latest<proto::pb::MessageRow>(step, state_.rows, RowKind::message, id)) {
    changed.set_timestamp_ms(row->timestamp_ms());
    changed.set_of_theirs(!row->ours());
  }
  tell(step, contact, reply, watches);
}

void Readers::contact_changed(Step& step, const Contact& contact) const {
  proto::pb::ApiReply reply;
  *reply.mutable_contact() = to_api(contact);
  tell(step, &contact, reply, watches);
}

void Readers::typing(Step& step, const Contact& contact, bool stopped, std::uint64_t timestamp_ms) {
  std::erase_if(typing_, [&](const auto& each) { return each.second <= step.now(); });
  if (stopped) {
    typing_.erase(contact.id);
  } else {
    typing_[contact.id] = step.now() + kTypingLasts;
  }
  proto::pb::ApiReply reply;
  reply.mutable_typing()->set_chat(contact.row.name());
  reply.mutable_typing()->set_account(to_string(contact.id.bytes));
  reply.mutable_typing()->set_stopped(stopped);
  reply.mutable_typing()->set_timestamp_ms(timestamp_ms);
  tell(step, &contact, reply, watches);
}

void Readers::notice(Step& step, const Contact& contact, const std::string& sentence) const {
  proto::pb::ApiReply reply;
  reply.mutable_notice()->set_chat(contact.row.name());
  reply.mutable_notice()->set_sentence(sentence);
  tell(step, &contact, reply, hears_notices);
}

void Readers::notice(Step& step, const std::string& sentence) const {
  proto::pb::ApiReply reply;
  reply.mutable_notice()->set_sentence(sentence);
  tell(step, nullptr, reply, hears_notices);
}

void Readers::devices_changed(Step& step, Contact& contact, const DeviceChanges& changes) {
  if (contact.is_stranger()) return;
  keep_news(contact, changes);
  tell_news(step, contact);
  contact.save(step);
}

void Readers::tell_news(Step& step, Contact& contact) {
  if (!person_reads(&contact)) return;
  for (const auto& sentence : take_news(contact)) notice(step, contact, sentence);
}

bool Readers::person_reads() const { return person_reads(nullptr); }

bool Readers::person_reads(const Contact* about) const {
  return std::ranges::any_of(readers_, [&](const Reader& reader) {
    return reader.request.person() && shows(about, reader.request.chat(), state_.contacts);
  });
}

void Readers::tell(Step& step, const Contact* about, const proto::pb::ApiReply& reply,
                   Wants wants) const {
  for (const auto& reader : readers_) {
    if (!wants(reader.request)) continue;
    if (shows(about, reader.request.chat(), state_.contacts)) step.answer(reader.command, reply);
  }
}

void Readers::acknowledge(Step& step, CommandId command, const proto::pb::AckCommand& request) {
  const auto& consumer = request.consumer();
  if (!consumer.empty() && !consumers_.knows(consumer)) {
    return step.fail(command, unknown_consumer(consumer));
  }
  read_.clear();
  if (request.cursor() != 0) acknowledge_up_to(step, request);
  for (const auto& id : request.ids()) {
    const auto found = find_message(state_, id);
    if (!found) return step.fail(command, no_message(id));
    proto::pb::InboxRow entry;
    const bool is_named = !consumer.empty() && found->arrived() != 0;
    entry.set_order(is_named ? found->arrived() : found->inbox());
    entry.set_account(found->account());
    entry.set_number(found->number());
    if (entry.order() != 0 || request.read()) acknowledge_one(step, request, entry);
  }
  for (const auto cursor : request.cursors()) {
    const auto entry = state_.rows.get(RowKind::inbox, {Consumers::group(consumer), cursor});
    if (entry) acknowledge_one(step, request, parse_row<proto::pb::InboxRow>(*entry));
  }
  tell_what_was_read(step);
  step.done(command);
}

void Readers::acknowledge_up_to(Step& step, const proto::pb::AckCommand& request) {
  each_row(state_.rows, RowKind::inbox, Consumers::group(request.consumer()), 0,
           [&](const StoredRow& stored) {
             if (stored.order > request.cursor()) return false;
             acknowledge_one(step, request, parse_row<proto::pb::InboxRow>(stored.value));
             return true;
           });
}

// Of what somebody has taken in already nothing is left in the inbox; it may be read now.
void Readers::acknowledge_one(Step& step, const proto::pb::AckCommand& request,
                              const proto::pb::InboxRow& entry) {
  const bool takes = entry.order() != 0;
  if (takes) step.erase(RowKind::inbox, {Consumers::group(request.consumer()), entry.order()});
  const auto account = crypto::AccountId::parse(crypto::as_bytes(entry.account())).value();
  auto row = state_.message(account, entry.number());
  if (!row) return;
  const bool for_all = takes && request.consumer().empty();
  if (for_all) {
    row->set_arrived(entry.order());  // earlier builds did not note it
    row->set_inbox(0);
  }
  const bool reads = request.read() && !row->ours() && row->read_ms() == 0;
  if (reads) {
    row->set_read_ms(step.now_ms());
    read_[account].push_back(row->content_id());
    on_read_(step, account, row->number());
  }
  if (for_all || reads) state_.save(step, *row);
}

void Readers::tell_what_was_read(Step& step) {
  for (const auto& [account, ids] : read_) {
    const auto* contact = state_.contacts.find(account);
    if (contact != nullptr) owed_receipts_.read(step, *contact, ids);
  }
}

void Readers::consumers(Step& step, CommandId command, const proto::pb::ConsumersCommand& request) {
  const auto& gone = request.remove();
  if (!request.begin().empty()) {
    if (auto why_not = consumers_.begin(step, request.begin(), request.since())) {
      return step.fail(command, std::move(*why_not));
    }
    return step.done(command);
  }
  if (gone.empty()) {
    consumers_.list(step, command);
    return step.done(command);
  }
  if (!consumers_.knows(gone)) return step.fail(command, unknown_consumer(gone));
  consumers_.remove(step, gone);
  std::erase_if(readers_, [&](const Reader& reader) {
    if (reader.waits || reader.request.consumer() != gone) return false;
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
      end(step, reader, drained ? std::nullopt : unreachable);
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
