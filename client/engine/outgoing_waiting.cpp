// What waits in Outgoing, and for what; and what waits for its time.
#include <algorithm>

#include "client/engine/idempotency.hpp"
#include "client/engine/outgoing.hpp"

namespace bisik::client {

std::size_t Outgoing::waiting(const crypto::AccountId& account) const {
  const auto found = chats_.find(account);
  return found == chats_.end() ? 0 : found->second.texts.size() + found->second.cells.size();
}

std::vector<proto::pb::MessageRow> Outgoing::unsent(const crypto::AccountId& account) const {
  std::vector<proto::pb::MessageRow> rows;
  const auto found = chats_.find(account);
  if (found == chats_.end()) return planned_.of(account);
  for (const auto& cell : found->second.cells) {
    const auto number = cell.row.number();
    if (number == 0 || cell.row.again() || (!rows.empty() && rows.back().number() == number))
      continue;
    if (auto row = state_.message(account, number)) rows.push_back(std::move(*row));
  }
  for (const auto& text : found->second.texts) {
    if (text.row.number() != 0 && !text.again) rows.push_back(text.row);
  }
  for (auto& row : planned_.of(account)) rows.push_back(std::move(row));
  return rows;
}

std::optional<std::uint64_t> Outgoing::find_key(const crypto::AccountId& account,
                                                const std::string& key) const {
  const auto found = chats_.find(account);
  if (found == chats_.end()) return std::nullopt;
  for (const auto& text : found->second.texts) {
    if (text.row.idempotency_key() == key && !text.again) return text.row.number();
  }
  return std::nullopt;
}

bool Outgoing::holds(const crypto::AccountId& account, std::uint64_t number) const {
  if (planned_.holds(account, number)) return true;
  const auto found = chats_.find(account);
  if (found == chats_.end()) return false;
  const auto& chat = found->second;
  const auto is_cell = [&](const Cell& cell) {
    return cell.row.number() == number && !cell.row.again();
  };
  const auto is_text = [&](const Text& text) { return text.row.number() == number && !text.again; };
  return std::ranges::any_of(chat.cells, is_cell) || std::ranges::any_of(chat.texts, is_text);
}

bool Outgoing::is_queued(const crypto::AccountId& account, std::uint64_t number) const {
  const auto found = chats_.find(account);
  const auto is_it = [&](const Text& text) {
    return text.row.number() == number && text.row.queued() && !text.again;
  };
  return planned_.holds(account, number) ||
         (found != chats_.end() && std::ranges::any_of(found->second.texts, is_it));
}

bool Outgoing::has_work(const crypto::AccountId& account) const { return waiting(account) > 0; }

void Outgoing::add_wanted(Lines::Wanted& wanted, Time now) const {
  for (const auto& [account, chat] : chats_) {
    if (chat.cells.empty() && chat.texts.empty()) continue;
    if (chat.pause && now < chat.pause->until) continue;
    const auto found = state_.contacts.all().find(account);
    if (found == state_.contacts.all().end() || !may_write_to(found->second)) continue;
    wanted.insert({LinePurpose::sends, found->second.relay()});
  }
  fetches_.add_wanted(wanted, now);
  knocks_.add_wanted(wanted, now);
}

std::optional<Time> Outgoing::wake_at(Time now) const {
  auto earliest = fetches_.wake_at(now);
  for (const auto& other : {knocks_.wake_at(now), owed_receipts_.wake_at(), planned_.wake_at()}) {
    if (other && (!earliest || *other < *earliest)) earliest = other;
  }
  for (const auto& [account, chat] : chats_) {
    const auto* contact = state_.contacts.find(account);
    if (!chat.pause || waiting(account) == 0) continue;
    if (contact == nullptr || !may_write_to(*contact)) continue;
    if (!earliest || chat.pause->until < *earliest) earliest = chat.pause->until;
  }
  return earliest;
}

void Outgoing::plan(Step& step, Contact& contact, const proto::pb::MessageRow& row) {
  planned_.add(step, state_.next_outbox(step), row);
  keep(step, contact, row);
  if (!row.idempotency_key().empty()) remember_idempotency(step, contact, row);
}

// Its timestamp says when it went, to whomever: not when it was planned.
void Outgoing::add_due(Step& step) {
  std::map<std::uint64_t, std::uint64_t> timestamps;
  for (auto& row : planned_.take_due(step)) {
    const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
    auto* contact = state_.contacts.find(account);
    if (contact == nullptr) continue;
    auto& timestamp = timestamps[row.timestamp_ms()];
    if (timestamp == 0) timestamp = state_.next_timestamp(step);
    row.set_timestamp_ms(timestamp);
    contact->is_own() ? note(step, *contact, std::move(row)) : add(step, *contact, std::move(row));
  }
}

bool Outgoing::settled(Time now) const {
  return knocks_.settled(now) && std::ranges::all_of(chats_, [&](const auto& entry) {
           const auto& [account, chat] = entry;
           if (chat.cells.empty() && chat.texts.empty()) return true;
           if (chat.pause && now < chat.pause->until) return true;
           if (chat.cells.empty() && fetches_.waits(account, now)) return true;
           const auto* contact = state_.contacts.find(account);
           if (contact == nullptr || !may_write_to(*contact)) return true;
           return state_.lines.at({LinePurpose::sends, contact->relay()}).backing_off(now) ||
                  state_.lines.at({LinePurpose::fetches, contact->relay()}).backing_off(now);
         });
}

}  // namespace bisik::client
