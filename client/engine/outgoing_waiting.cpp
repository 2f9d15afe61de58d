// What waits in Outgoing, and for what: questions that change nothing.
#include <algorithm>

#include "client/engine/outgoing.hpp"

namespace bisik::client {

std::size_t Outgoing::waiting(const crypto::AccountId& account) const {
  const auto found = chats_.find(account);
  return found == chats_.end() ? 0 : found->second.texts.size() + found->second.cells.size();
}

std::vector<proto::pb::MessageRow> Outgoing::unsent(const crypto::AccountId& account) const {
  std::vector<proto::pb::MessageRow> rows;
  const auto found = chats_.find(account);
  if (found == chats_.end()) return rows;
  for (const auto& cell : found->second.cells) {
    const auto number = cell.row.number();
    if (number == 0 || cell.row.again() || (!rows.empty() && rows.back().number() == number))
      continue;
    if (auto row = state_.message(account, number)) rows.push_back(std::move(*row));
  }
  for (const auto& text : found->second.texts) {
    if (text.row.number() != 0 && !text.again) rows.push_back(text.row);
  }
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
  return found != chats_.end() && std::ranges::any_of(found->second.texts, [&](const Text& text) {
           return text.row.number() == number && text.row.queued() && !text.again;
         });
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
  const auto knock = knocks_.wake_at(now);
  if (knock && (!earliest || *knock < *earliest)) earliest = knock;
  for (const auto& [account, chat] : chats_) {
    const auto* contact = state_.contacts.find(account);
    if (!chat.pause || waiting(account) == 0) continue;
    if (contact == nullptr || !may_write_to(*contact)) continue;
    if (!earliest || chat.pause->until < *earliest) earliest = chat.pause->until;
  }
  return earliest;
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
