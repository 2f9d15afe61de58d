// Cells that nobody would read: they become texts again and are made anew. First messages that have
// waited too long for a relay to take them: whoever gets one needs the private halves of the bundle
// that it was made with, and those are kept for a time only. And cells for a device that its
// account has removed. Had the relay taken one without our knowledge, the receiver knows the
// message by its id.
#include <algorithm>
#include <set>

#include "client/engine/outgoing.hpp"

namespace bisik::client {

void Outgoing::renew_first_messages(Step& step, const Contact& contact, Chat& chat) {
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
  if (outdated.empty()) return;
  for (const auto device : outdated) state_.sessions.abandon(step, {contact.id, device});
  take_back(step, contact, chat, outdated);
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

void Outgoing::take_back(Step& step, const Contact& contact, Chat& chat,
                         const std::set<crypto::DeviceNumber>& devices) {
  std::deque<Text> texts;
  std::erase_if(chat.cells, [&](Cell& cell) {
    if (!devices.contains(cell.row.device())) return false;
    const auto number = cell.row.number();
    auto message = number == 0 ? std::nullopt : state_.message(contact.id, number);
    if (!message || (!texts.empty() && texts.back().row.number() == number)) {
      step.erase(RowKind::outbox, outbox_id(cell.row.order()));
      return true;
    }
    message->set_made_anew(true);
    message->set_queued(true);  // whoever sent it was told that it stays in the outbox
    state_.save(step, *message);
    cell.row.clear_cell();
    step.put(RowKind::outbox, outbox_id(cell.row.order()), cell.row);
    texts.push_back({std::move(*message), cell.row.order()});
    return true;
  });
  if (texts.empty() && chat.texts.empty() && !contact.row.greeted()) texts.push_back({});
  chat.texts.insert(chat.texts.begin(), std::make_move_iterator(texts.begin()),
                    std::make_move_iterator(texts.end()));
}

}  // namespace bisik::client
