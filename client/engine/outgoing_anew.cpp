// Cells that nobody may be able to open: they become texts again and are made anew. First messages
// that have waited too long for a relay to take them: whoever gets one needs the private halves of
// the bundle that it was made with, and those are kept for a time only. What was sealed in a
// session that nobody has answered for long, also what a relay has taken. Cells for a device that
// its account has removed. And what was sealed in a session that has been given up since. Had the
// relay taken one without our knowledge, the receiver knows the message by its id.
#include <algorithm>
#include <set>

#include "client/engine/outgoing.hpp"

namespace bisik::client {

void Outgoing::make_anew(Step& step, Contact& contact, Chat& chat) {
  constexpr auto kLifetime =
      static_cast<std::uint64_t>(milliseconds{kFirstMessageLifetime}.count());
  std::set<crypto::DeviceNumber> outdated;
  for (const auto& cell : chat.cells) {
    if (cell.on_the_way) return;  // how it ends comes first
    const bool old = cell.row.made_ms() + kLifetime <= step.now_ms();
    if (old && !state_.sessions.confirmed({contact.id, cell.row.device()})) {
      outdated.insert(cell.row.device());
    }
  }
  std::vector<std::uint64_t> unread;
  bool is_overdue = false;
  for (const auto& device : contact.row.devices()) {
    const crypto::DeviceAddress peer{contact.id, device.number()};
    if (!state_.sessions.is_overdue(step, peer, kUnansweredLifetime)) continue;
    is_overdue = true;
    outdated.insert(device.number());
    const auto sent = send_log_.sent_in(step, contact.id, state_.sessions.sending_in(peer));
    unread.insert(unread.end(), sent.begin(), sent.end());
  }
  for (const auto device : outdated) state_.sessions.abandon(step, {contact.id, device});
  if (!outdated.empty() && state_.successor) contact.row.clear_successor_told();
  if (is_overdue) say_sessions_lost_again(step, contact);
  take_back(step, contact, chat, outdated);
  if (!unread.empty()) send_again(step, contact, std::move(unread));
}

// Whoever knows us has had another session with us, that we have given up: or we would send in it.
// That we said so is what nobody has answered to, and he may go on in it for good.
void Outgoing::say_sessions_lost_again(Step& step, Contact& contact) {
  if (contact.row.write_secret().empty()) return;
  contact.row.mutable_repair()->mutable_sessions_lost();
  contact.save(step);
}

void Outgoing::learned(Step& step, Contact& contact, const DeviceChanges& changes) {
  const auto found = chats_.find(contact.id);
  if (found != chats_.end()) {
    auto& chat = found->second;
    take_back(step, contact, chat, {changes.removed.begin(), changes.removed.end()});
    if (chat.pause && chat.pause->fetching) chat.pause->until = step.now();
  }
  on_learned_(step, contact, changes);
}

void Outgoing::take_back(Step& step, Contact& contact, Chat& chat,
                         const std::set<crypto::DeviceNumber>& devices) {
  std::deque<Text> texts;
  const auto erased = std::erase_if(chat.cells, [&](const Cell& cell) {
    const bool good = cell.on_the_way || sealed_in_good_session(cell.row);
    if (good && !devices.contains(cell.row.device())) return false;
    unseal(step, contact, cell, texts);
    return true;
  });
  if (erased == 0) return;
  const bool owes_hello = !contact.row.greeted() || owes_words(contact);
  if (texts.empty() && chat.texts.empty() && owes_hello) texts.push_back({});
  chat.texts.insert(chat.texts.begin(), std::make_move_iterator(texts.begin()),
                    std::make_move_iterator(texts.end()));
}

// Its text takes its place in the outbox, behind those in `texts`.
void Outgoing::unseal(Step& step, Contact& contact, const Cell& cell, std::deque<Text>& texts) {
  if (cell.row.has_repair()) {
    contact.row.mutable_repair()->MergeFrom(cell.row.repair());
    contact.save(step);
  }
  if (cell.row.has_receipt()) owed_receipts_.owe_again(step, contact, cell.row.receipt());
  const auto number = cell.row.number();
  auto message = number == 0 ? std::nullopt : state_.message(contact.id, number);
  if (!message || (!texts.empty() && texts.back().row.number() == number)) {
    return step.erase(RowKind::outbox, outbox_id(cell.row.order()));
  }
  if (!cell.row.again()) {
    message->set_made_anew(true);
    message->set_queued(true);  // whoever sent it was told that it stays in the outbox
    state_.save(step, *message);
  }
  proto::pb::OutboxRow place;
  place.set_order(cell.row.order());
  place.set_account(cell.row.account());
  place.set_number(number);
  place.set_again(cell.row.again());
  step.put(RowKind::outbox, outbox_id(place.order()), place);
  texts.push_back({std::move(*message), place.order(), place.again()});
}

}  // namespace bisik::client
