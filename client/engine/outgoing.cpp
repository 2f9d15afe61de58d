#include "client/engine/outgoing.hpp"

#include <algorithm>

#include "client/engine/compose.hpp"
#include "client/engine/idempotency.hpp"
#include "client/engine/seen.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
Outgoing::Outgoing(State& state, OnOutcome on_outcome, OnKept on_kept,
                   Fetches::OnLearned on_learned, Fetches::OnAlarm on_alarm)
    : state_{state},
      on_outcome_{std::move(on_outcome)},
      on_kept_{std::move(on_kept)},
      on_learned_{std::move(on_learned)},
      fetches_{state,
               [this](Step& step, Contact& contact, const proto::pb::Failure& failure) {
                 fetch_failed(step, contact, failure);
               },
               [this](Step& step, Contact& contact, const DeviceChanges& changes) {
                 learned(step, contact, changes);
               },
               std::move(on_alarm)},
      knocks_{state},
      send_log_{state},
      planned_{state},
      owed_receipts_{state} {}

void Outgoing::load(Step& step) {
  owed_receipts_.load(step);
  std::map<std::uint64_t, proto::pb::OutboxRow> rows;
  for (const auto& value : state_.rows.all(RowKind::outbox)) {
    auto row = parse_row<proto::pb::OutboxRow>(value);
    const auto order = row.order();
    rows.emplace(order, std::move(row));
  }
  for (auto& [order, row] : rows) {
    const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
    auto& chat = chats_[account];
    if (row.at_ms() != 0 && state_.message(account, row.number())) {
      planned_.load(row);
    } else if (row.fleeting()) {
      step.erase(RowKind::outbox, outbox_id(order));
    } else if (row.knocks()) {
      knocks_.load(std::move(row));
    } else if (!row.cell().empty()) {
      chat.cells.push_back({std::move(row)});
    } else if (auto message = state_.message(account, row.number())) {
      chat.texts.push_back({std::move(*message), order, row.again()});
    } else {
      step.erase(RowKind::outbox, outbox_id(order));
    }
  }
  for (const auto& [account, contact] : state_.contacts.all()) {
    const auto greeting = std::ranges::any_of(
        chats_[account].cells, [](const Cell& cell) { return cell.row.introduces(); });
    const bool owes_hello = !contact.row.greeted() && !greeting;
    if ((owes_hello || owes_words(contact)) && !contact.is_stranger()) greet(contact);
  }
}

void Outgoing::add(Step& step, Contact& contact, proto::pb::MessageRow row) {
  Text text{std::move(row)};
  if (text.row.queued()) {
    text.outbox_order = state_.next_outbox(step);
    proto::pb::OutboxRow place;
    place.set_order(text.outbox_order);
    place.set_account(text.row.account());
    place.set_number(text.row.number());
    step.put(RowKind::outbox, outbox_id(text.outbox_order), place);
    keep(step, contact, text.row);
    on_kept_(step, contact, text.row);
  }
  chats_[contact.id].texts.push_back(std::move(text));
  hurry(step, contact);
}

void Outgoing::refresh(const Step& step, const Contact& contact, proto::pb::MessageRow& row) const {
  auto kept = latest<proto::pb::MessageRow>(step, state_.rows, RowKind::message,
                                            message_id(contact.id, row.number()));
  if (kept) row = std::move(*kept);
}

// Another device of ours may tell this one of it.
void Outgoing::keep(Step& step, const Contact& contact, const proto::pb::MessageRow& row) const {
  state_.save(step, row);
  contact.save(step);
  static_cast<void>(see(step, state_, contact.id, row.content_id(), row.number()));
}

// Something that goes with the next message, whatever that is.
bool Outgoing::owes_words(const Contact& contact) const {
  return contact.row.has_repair() || state_.owes_successor(contact);
}

void Outgoing::hurry(const Step& step, const Contact& contact) {
  if (!contact.may_be_written_to()) return;
  state_.lines.at({LinePurpose::sends, contact.relay()}).hurry(step.now());
  if (auto& pause = chats_[contact.id].pause) pause->told = false;
  fetches_.hurry(contact.id);
}

void Outgoing::greet(const Contact& contact) {
  auto& texts = chats_[contact.id].texts;
  // A text that waits anyway says the same.
  if (texts.empty()) texts.push_back({});
}

bool Outgoing::withdraw(Step& step, const crypto::AccountId& account, std::uint64_t number) {
  if (planned_.withdraw(step, account, number)) return true;
  auto& texts = chats_[account].texts;
  const auto found =
      std::ranges::find_if(texts, [&](const Text& text) { return text.row.number() == number; });
  if (number == 0 || found == texts.end() || found->row.made_anew() || found->again) return false;
  if (found->outbox_order != 0) {
    step.erase(RowKind::outbox, outbox_id(found->outbox_order));
    step.erase(RowKind::message, message_id(account, number));
  }
  texts.erase(found);
  return true;
}

void Outgoing::forget(Step& step, const crypto::AccountId& account) {
  for (const auto& cell : chats_[account].cells) {
    step.erase(RowKind::outbox, outbox_id(cell.row.order()));
  }
  for (const auto& text : chats_[account].texts) {
    if (text.outbox_order != 0) step.erase(RowKind::outbox, outbox_id(text.outbox_order));
  }
  chats_.erase(account);
  knocks_.forget(step, account);
  send_log_.forget(step, account);
  planned_.forget(step, account);
  owed_receipts_.forget(step, account);
  fetches_.forget(account);
}

void Outgoing::pump(Step& step) {
  add_due(step);
  say_receipts(step);
  for (auto& [account, chat] : chats_) {
    auto* contact = state_.contacts.find(account);
    if (contact == nullptr || !may_write_to(*contact)) continue;
    if (may_send_all_again(step, *contact)) send_all_again(step, *contact);
    if (chat.cells.empty() && chat.texts.empty()) continue;
    if (chat.pause && step.now() < chat.pause->until) {
      tell_of_pause(step, *contact, chat);
      continue;
    }
    if (chat.pause) resume(step, *contact, chat);
    auto& line = state_.lines.at({LinePurpose::sends, contact->relay()});
    if (line.is_up()) make_anew(step, *contact, chat);
    if (!chat.texts.empty() && !state_.is_ready(*contact)) fetches_.want(account, true);
    if (line.is_up()) pump(step, *contact, chat, line);
  }
  fetches_.pump(step);
  knocks_.pump(step);
}

void Outgoing::pump(Step& step, Contact& contact, Chat& chat, Line& line) {
  for (auto& cell : chat.cells) {
    if (line.unanswered() >= kCellsInFlight) return;
    if (!cell.on_the_way) transmit(step, contact, cell, line);
  }
  while (!chat.texts.empty() && state_.is_ready(contact) && line.unanswered() < kCellsInFlight) {
    const auto already = chat.cells.size();
    encrypt(step, contact, chat);
    for (auto i = already; i < chat.cells.size(); ++i) transmit(step, contact, chat.cells[i], line);
  }
}

void Outgoing::encrypt(Step& step, Contact& contact, Chat& chat) {
  auto text = std::move(chat.texts.front());
  chat.texts.pop_front();
  // As it is by now: it may have been edited, or deleted.
  if (text.row.number() != 0) refresh(step, contact, text.row);
  const auto said = take_aside(step, contact, text);
  const bool is_over =
      (text.receipts || text.typing) && said.body_case() == proto::pb::Content::BODY_NOT_SET;
  if (is_over && contact.row.greeted() && !owes_words(contact)) return;
  const auto content = compose(step, state_, contact, text.row, said);
  const auto successor = state_.owes_successor(contact) ? state_.successor->date : 0;
  for (const auto& device : contact.row.devices()) {
    auto row = new_outbox_row(step, state_, contact, device.number(), content);
    row.set_number(text.row.number());
    row.set_queue(device.mailbox());
    row.set_introduces(true);
    row.set_again(text.again);
    if (contact.row.has_repair()) *row.mutable_repair() = contact.row.repair();
    if (said.has_receipt()) *row.mutable_receipt() = said.receipt();
    row.set_fleeting(said.has_typing());
    row.set_tells_successor(successor);
    step.put(RowKind::outbox, outbox_id(row.order()), row);
    chat.cells.push_back({std::move(row)});
  }
  if (contact.row.has_repair()) {  // from now on the cells say it
    contact.row.clear_repair();
    contact.save(step);
  }
  if (text.outbox_order != 0) step.erase(RowKind::outbox, outbox_id(text.outbox_order));
  if (text.row.number() != 0 && !text.again) {
    keep(step, contact, text.row);
    if (!text.row.idempotency_key().empty()) remember_idempotency(step, contact, text.row);
    if (!text.row.queued()) on_kept_(step, contact, text.row);
  }
}

std::optional<crypto::Capability> Outgoing::write_key_for(const Contact& contact,
                                                          const proto::pb::OutboxRow& cell) {
  return contact.write_key(crypto::QueueId::parse(crypto::as_bytes(cell.queue())).value());
}

void Outgoing::transmit(Step& step, const Contact& contact, Cell& cell, Line& line) {
  cell.write_key = write_key_for(contact, cell.row);
  proto::pb::Request request;
  auto& operation = *request.mutable_send_cell();
  operation.set_queue(cell.row.queue());
  // Without a key the relay gives the answer that the person has to hear: refused.
  operation.set_write_key(cell.write_key ? to_string(cell.write_key->bytes())
                                         : std::string(crypto::Capability::kSize, 0));
  operation.set_envelope_id(cell.row.envelope_id());
  operation.set_cell(cell.row.cell());
  cell.on_the_way = true;
  line.request(step, std::move(request),
               [this, account = contact.id, order = cell.row.order()](
                   Step& later, const proto::pb::Response* response) {
                 responded(later, account, order, response);
               });
}

void Outgoing::responded(Step& step, const crypto::AccountId& account, std::uint64_t order,
                         const proto::pb::Response* response) {
  auto& cells = chats_[account].cells;
  const auto cell =
      std::ranges::find_if(cells, [&](const Cell& each) { return each.row.order() == order; });
  auto* contact = state_.contacts.find(account);
  if (cell == cells.end() || contact == nullptr) return;
  cell->on_the_way = false;
  if (response == nullptr && cell->row.fleeting()) return erase(step, chats_[account], order);
  if (response == nullptr) return;
  switch (response->status()) {
    case proto::pb::STATUS_OK:
      return acknowledged(step, *contact, order);
    case proto::pb::STATUS_BUSY:
    case proto::pb::STATUS_QUOTA:
      pause(chats_[account], step.now() + seconds{std::max(1U, response->retry_after_seconds())},
            state_.lines.at({LinePurpose::sends, contact->relay()}).id());
      return;
    default:
      return refused(step, *contact, *cell);
  }
}

void Outgoing::acknowledged(Step& step, Contact& contact, std::uint64_t order) {
  auto& chat = chats_[contact.id];
  const auto cell =
      std::ranges::find_if(chat.cells, [&](const Cell& each) { return each.row.order() == order; });
  const auto row = std::move(cell->row);
  if (row.introduces() && !contact.row.greeted()) {
    contact.row.set_greeted(true);
    contact.save(step);
  }
  if (row.tells_successor() > contact.row.successor_told() && sealed_in_good_session(row)) {
    contact.row.set_successor_told(row.tells_successor());
    contact.save(step);
  }
  send_log_.remember(step, row);
  step.erase(RowKind::outbox, outbox_id(order));
  chat.cells.erase(cell);
  chat.fetched_devices = false;
  const auto more = std::ranges::any_of(chat.cells, [&](const Cell& each) {
    return each.row.number() == row.number() && !each.row.again();
  });
  if (row.number() != 0 && !row.again() && more) note_reached(step, contact, row.number());
  if (row.number() != 0 && !row.again() && !more) {
    settle_message(step, contact, row.number(), proto::pb::MESSAGE_STATE_RELAY, {});
  }
  send_again_if_lost(step, contact, row);
}

void Outgoing::note_reached(Step& step, const Contact& contact, std::uint64_t number) {
  auto row = state_.message(contact.id, number);
  if (!row || row->reached()) return;
  row->set_reached(true);
  state_.save(step, *row);
}

// What was refused on a line stays refused there, whoever else asks for time meanwhile.
void Outgoing::pause(Chat& chat, Time until, LineId refused_on) {
  if (!chat.pause) chat.pause = Pause{};
  chat.pause->until = std::max(chat.pause->until, until);
  if (refused_on != 0) chat.pause->refused_on = refused_on;
}

// Nothing was tried, or it was refused for now: whoever waits need not wait longer. What is in the
// outbox goes again by itself.
void Outgoing::tell_of_pause(Step& step, Contact& contact, Chat& chat) {
  if (chat.pause->fetching) return;  // it takes no longer than an answer
  const auto why = chat.pause->knocking
                       ? waits_for_new_key(contact.row.name())
                       : again_later(std::chrono::ceil<seconds>(chat.pause->until - step.now()));
  if (!std::exchange(chat.pause->told, true)) halt(step, contact, why);
}

void Outgoing::halt(Step& step, Contact& contact, const proto::pb::Failure& why) {
  const auto found = chats_.find(contact.id);
  if (found == chats_.end()) return;
  const auto& chat = found->second;
  for (const auto& cell : chat.cells) {
    if (cell.row.number() == 0 || cell.row.again()) continue;
    on_outcome_(step, {contact.id, cell.row.number(), proto::pb::MESSAGE_STATE_UNCONFIRMED, why});
  }
  for (const auto& text : chat.texts) {
    if (!text.row.queued() || text.again) continue;
    on_outcome_(step, {contact.id, text.row.number(), proto::pb::MESSAGE_STATE_UNCONFIRMED, why});
  }
  fail_texts(step, contact, why, false);
}

void Outgoing::halt_all(Step& step, const proto::pb::Failure& why) {
  for (auto& [account, chat] : chats_) {
    if (auto* contact = state_.contacts.find(account)) halt(step, *contact, why);
  }
}

void Outgoing::resume(Step& step, const Contact& contact, Chat& chat) {
  auto& line = state_.lines.at({LinePurpose::sends, contact.relay()});
  if (line.is_up() && line.id() == chat.pause->refused_on) line.hang_up(step);
  chat.pause.reset();
}

void Outgoing::erase(Step& step, Chat& chat, std::uint64_t order) {
  step.erase(RowKind::outbox, outbox_id(order));
  std::erase_if(chat.cells, [&](const Cell& cell) { return cell.row.order() == order; });
}

void Outgoing::settle_message(Step& step, const Contact& contact, std::uint64_t number,
                              proto::pb::MessageState state,
                              std::optional<proto::pb::Failure> failure) {
  if (auto row = state_.message(contact.id, number)) {
    row->set_state(state);
    if (state == proto::pb::MESSAGE_STATE_RELAY) row->set_relay_ms(step.now_ms());
    state_.save(step, *row);
  }
  on_outcome_(step, {contact.id, number, state, std::move(failure)});
}

}  // namespace bisik::client
