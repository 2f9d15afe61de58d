// What waits for somebody whom the person has followed to a new account key. The cells were sealed
// for devices of the old one: they become texts again and are made anew for the new one, under the
// same message ids. A relay may have had one of them, so that the old account's devices show it
// too.
#include "client/engine/outgoing.hpp"

namespace bisik::client {

void Outgoing::renumber(Step& step, const crypto::AccountId& account, std::uint64_t shift) {
  send_log_.renumber(step, account, shift);
  planned_.renumber(step, account, account, shift);
  const auto found = chats_.find(account);
  if (found == chats_.end()) return;
  for (auto& cell : found->second.cells) {
    if (cell.row.number() == 0) continue;
    cell.row.set_number(cell.row.number() + shift);
    step.put(RowKind::outbox, outbox_id(cell.row.order()), cell.row);
  }
  for (auto& text : found->second.texts) {
    if (text.row.number() == 0) continue;
    text.row.set_number(text.row.number() + shift);
    if (text.outbox_order != 0) keep_place(step, text);
  }
}

void Outgoing::follow(Step& step, const crypto::AccountId& old, const crypto::AccountId& fresh) {
  for (auto& text : take_texts(step, old)) {
    text.row.set_account(to_string(fresh.bytes));
    if (text.outbox_order != 0) {
      keep_place(step, text);
      state_.save(step, text.row);
    }
    chats_[fresh].texts.push_back(std::move(text));
  }
  planned_.renumber(step, old, fresh, 0);
  knocks_.forget(step, old);
  send_log_.forget(step, old);
  owed_receipts_.forget(step, old);
}

// Nothing is left there. What says nothing that the new account has to hear is gone.
std::deque<Outgoing::Text> Outgoing::take_texts(Step& step, const crypto::AccountId& account) {
  std::deque<Text> texts;
  const auto found = chats_.find(account);
  if (found == chats_.end()) return texts;
  for (const auto& cell : found->second.cells) {
    if (!become_text(cell, texts)) step.erase(RowKind::outbox, outbox_id(cell.row.order()));
  }
  for (auto& text : found->second.texts) {
    if (text.row.number() != 0 && !text.again) {
      texts.push_back(std::move(text));
    } else if (text.outbox_order != 0) {
      step.erase(RowKind::outbox, outbox_id(text.outbox_order));
    }
  }
  chats_.erase(found);
  return texts;
}

// False: it says nothing that the new account has to hear, or another device's cell says the same.
bool Outgoing::become_text(const Cell& cell, std::deque<Text>& texts) const {
  const auto number = cell.row.number();
  if (number == 0 || cell.row.again()) return false;
  if (!texts.empty() && texts.back().row.number() == number) return false;
  const auto account = crypto::AccountId::parse(crypto::as_bytes(cell.row.account())).value();
  auto message = state_.message(account, number);
  if (!message) return false;
  message->set_made_anew(true);
  message->set_queued(true);  // whoever sent it was told that it stays in the outbox
  texts.push_back({std::move(*message), cell.row.order(), false});
  return true;
}

// Its row in the outbox.
void Outgoing::keep_place(Step& step, const Text& text) {
  proto::pb::OutboxRow place;
  place.set_order(text.outbox_order);
  place.set_account(text.row.account());
  place.set_number(text.row.number());
  place.set_again(text.again);
  step.put(RowKind::outbox, outbox_id(text.outbox_order), place);
}

}  // namespace bisik::client
