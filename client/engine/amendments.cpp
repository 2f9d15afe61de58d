#include "client/engine/amendments.hpp"

#include <algorithm>
#include <set>

#include "client/engine/seen.hpp"

namespace bisik::client {
namespace {

using proto::pb::Amendment;
using proto::pb::EarlyRow;
using proto::pb::MessageRow;
using proto::pb::Reference;

template <class Row>
Amendment& by(Row& row, bool ours) {
  for (auto& each : *row.mutable_amendments()) {
    if (each.ours() == ours) return each;
  }
  auto& fresh = *row.add_amendments();
  fresh.set_ours(ours);
  return fresh;
}

// By its own date; of two at once, everywhere the same.
bool is_later(std::uint64_t when, const std::string& words, std::uint64_t known_when,
              const std::string& known_words) {
  return when > known_when || (when == known_when && words > known_words);
}

void react(Amendment& known, std::uint64_t when, const std::string& emoji) {
  if (!is_later(when, emoji, known.reaction_ms(), known.emoji())) return;
  known.set_reaction_ms(when);
  known.set_emoji(emoji);
}

void edit(Amendment& known, std::string& text, std::uint64_t when, const std::string& wanted) {
  if (known.edit_ms() != 0 && !is_later(when, wanted, known.edit_ms(), text)) return;
  known.set_edit_ms(when);
  text = wanted;
}

void erase_words(MessageRow& row) {
  row.set_deleted(true);
  row.clear_text();
  row.clear_request_hash();  // a short text can be guessed from it
  row.mutable_about()->clear_text();
  if (row.about().kind() == Reference::KIND_NONE) row.clear_about();
  row.clear_amendments();
}

RowId early_id(const crypto::AccountId& chat, const std::string& content_id) {
  return row_of(chat, content_id);
}

// In the chain of edits of one message, so that all of them can be found.
void link(Amendment& known, MessageRow& event) {
  event.set_previous_edit(known.last_edit());
  known.set_last_edit(event.number());
}

std::string emoji_of(const MessageRow& event) {
  return event.about().withdrawn() ? std::string{} : event.about().text();
}

}  // namespace

bool is_of_its_own(const MessageRow& row) {
  return row.about().kind() == Reference::KIND_NONE || row.about().kind() == Reference::KIND_REPLY;
}

bool Amendments::take(Step& step, Contact& chat, MessageRow& event) {
  if (is_of_its_own(event)) return true;
  auto target = find_by_id(step, state_, chat.id, event.about().id());
  if (!target) return take_early(step, chat, event);
  if (target->deleted_here()) return false;
  if (target->ours() != is_about_ours(event) || !is_of_its_own(*target)) return false;
  const bool deletes = event.about().kind() == Reference::KIND_DELETION;
  if (target->deleted() && !deletes) return false;
  auto& known = by(*target, event.ours());
  if (deletes) {
    erase_edits(step, chat.id, known.last_edit());
    erase_words(*target);
  } else if (event.about().kind() == Reference::KIND_EDIT) {
    edit(known, *target->mutable_text(), event.timestamp_ms(), event.text());
    link(known, event);
  } else {
    react(known, event.timestamp_ms(), emoji_of(event));
  }
  state_.save(step, *target);
  return true;
}

// Of what is not here it is not known who has written it: only what its writer says will count.
bool Amendments::take_early(Step& step, Contact& chat, MessageRow& event) {
  bool taken = true;
  wait(step, chat, event.about().id(), [&](EarlyRow& early) {
    auto& known = by(early, event.ours());
    const auto kind = event.about().kind();
    if (kind == Reference::KIND_REACTION) {
      react(known, event.timestamp_ms(), emoji_of(event));
    } else if (kind == Reference::KIND_DELETION) {
      erase_edits(step, chat.id, known.last_edit());
      known.clear_text();
      known.set_deleted(true);
    } else if (known.deleted()) {
      taken = false;
    } else {
      edit(known, *known.mutable_text(), event.timestamp_ms(), event.text());
      link(known, event);
    }
  });
  return taken;
}

// What it said before is nowhere in the history.
void Amendments::erase_edits(Step& step, const crypto::AccountId& chat, std::uint64_t number) {
  while (number != 0) {
    auto row = latest<MessageRow>(step, state_.rows, RowKind::message, message_id(chat, number));
    if (!row || row->about().kind() != Reference::KIND_EDIT) return;
    number = row->previous_edit();
    row->set_previous_edit(0);
    row->clear_text();
    row->clear_request_hash();
    row->set_deleted(true);
    state_.save(step, *row);
  }
}

std::vector<MessageRow> Amendments::delete_here(Step& step, const MessageRow& message) {
  const auto chat = crypto::AccountId::parse(crypto::as_bytes(message.account())).value();
  std::vector<MessageRow> gone{message};
  auto number = by(gone.front(), message.ours()).last_edit();
  while (number != 0) {
    auto row = latest<MessageRow>(step, state_.rows, RowKind::message, message_id(chat, number));
    if (!row || row->about().kind() != Reference::KIND_EDIT) break;
    number = row->previous_edit();
    gone.push_back(std::move(*row));
  }
  for (auto row : gone) {
    erase_words(row);
    row.set_previous_edit(0);
    row.set_inbox(0);
    row.set_deleted_here(true);
    state_.save(step, row);
  }
  return gone;
}

void Amendments::wait(Step& step, Contact& chat, const std::string& content_id,
                      const std::function<void(EarlyRow&)>& change) {
  const auto id = early_id(chat.id, content_id);
  auto early = latest<EarlyRow>(step, state_.rows, RowKind::early, id);
  if (!early) {
    if (chat.row.early() >= kMaxEarly) return;
    chat.row.set_early(chat.row.early() + 1);
    chat.save(step);
    early.emplace();
    early->set_account(to_string(chat.id.bytes));
    early->set_content_id(content_id);
    early->set_received_ms(step.now_ms());
  }
  change(*early);
  step.put(RowKind::early, id, *early);
}

void Amendments::arrived(Step& step, Contact& chat, MessageRow& message) {
  if (chat.row.early() == 0) return;
  const auto id = early_id(chat.id, message.content_id());
  const auto early = latest<EarlyRow>(step, state_.rows, RowKind::early, id);
  if (!early) return;
  step.erase(RowKind::early, id);
  chat.row.set_early(chat.row.early() - 1);
  if (message.ours()) {
    message.set_delivered_ms(early->delivered_ms());
    message.set_read_ms(early->read_ms());
  } else {
    message.set_read_ms(early->read_elsewhere_ms());
  }
  if (!is_of_its_own(message)) return;
  bool deleted = message.deleted();
  for (const auto& said : early->amendments()) {
    auto& known = by(message, said.ours());
    react(known, said.reaction_ms(), said.emoji());
    if (said.ours() != message.ours()) continue;  // nobody else's to change
    if (said.edit_ms() != 0) edit(known, *message.mutable_text(), said.edit_ms(), said.text());
    known.set_last_edit(said.last_edit());
    deleted = deleted || said.deleted();
  }
  if (deleted) erase_words(message);
}

// What a device here says, not a contact: that must not hide anything from the person.
void Amendments::read_elsewhere(Step& step, Contact& chat, const std::string& content_id,
                                std::uint64_t read_ms) {
  auto row = find_seen(step, state_, chat.id, content_id);
  if (!row) {
    return wait(step, chat, content_id, [&](EarlyRow& early) {
      const auto known = early.read_elsewhere_ms();
      if (known == 0 || read_ms < known) early.set_read_elsewhere_ms(read_ms);
    });
  }
  const bool is_news = row->read_ms() == 0;
  if (row->ours() || (!is_news && row->read_ms() <= read_ms)) return;
  row->set_read_ms(read_ms);
  state_.save(step, *row);
  if (row->inbox() != 0) {
    proto::pb::InboxRow entry;
    entry.set_order(row->inbox());
    entry.set_account(row->account());
    entry.set_number(row->number());
    entry.set_read(true);
    step.put(RowKind::inbox, {{}, entry.order()}, entry);
  }
  if (is_news) on_further_(step, {chat.id, row->number(), proto::pb::MESSAGE_STATE_READ, {}});
}

void Amendments::heard(Step& step, Contact& contact, const proto::pb::Receipt& receipt) {
  const std::set<std::string> read{receipt.read().begin(), receipt.read().end()};
  std::set<std::string> delivered{receipt.delivered().begin(), receipt.delivered().end()};
  for (const auto& id : read) {
    note(step, contact, id, true);
    delivered.erase(id);  // whoever has read it has it
  }
  for (const auto& id : delivered) note(step, contact, id, false);
}

// Where another device has written it, its copy may come later.
void Amendments::note(Step& step, Contact& contact, const std::string& content_id, bool read) {
  const auto further = [&](auto& row) {
    const bool known = read ? row.read_ms() != 0 : row.delivered_ms() != 0;
    if (row.delivered_ms() == 0) row.set_delivered_ms(step.now_ms());
    if (read && !known) row.set_read_ms(step.now_ms());
    return !known;
  };
  auto row = find_seen(step, state_, contact.id, content_id);
  if (!row) {
    if (state_.identity->device_count < 2) return;
    return wait(step, contact, content_id, [&](EarlyRow& early) { (void)further(early); });
  }
  if (!row->ours() || !further(*row)) return;
  state_.save(step, *row);
  const auto state = read ? proto::pb::MESSAGE_STATE_READ : proto::pb::MESSAGE_STATE_DELIVERED;
  on_further_(step, {contact.id, row->number(), state, {}});
}

void forget_early(Step& step, State& state) {
  for (const auto& value : state.rows.all(RowKind::early)) {
    const auto row = parse_row<EarlyRow>(value);
    if (!step.has_passed(row.received_ms(), kSeenLifetime)) continue;
    const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
    step.erase(RowKind::early, early_id(account, row.content_id()));
    auto* contact = state.contacts.find(account);
    if (contact == nullptr || contact->row.early() == 0) continue;
    contact->row.set_early(contact->row.early() - 1);
    contact->save(step);
  }
}

void forget_early(Step& step, const State& state, const crypto::AccountId& account) {
  for (const auto& value : state.rows.all(RowKind::early)) {
    const auto row = parse_row<EarlyRow>(value);
    if (row.account() != crypto::as_text(account.bytes)) continue;
    step.erase(RowKind::early, early_id(account, row.content_id()));
  }
}

}  // namespace bisik::client
