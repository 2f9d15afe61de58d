// What a relay refuses: a link that is used up, a contact who has changed his key, or one who has
// blocked us, which nobody can tell apart.
#include <algorithm>

#include "client/engine/outgoing.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {
namespace {

std::string refusal(const Contact& contact) {
  const auto& name = contact.row.name();
  if (contact.row.write_secret().empty()) {
    return "The link from " + name + " takes no more messages: it is used up or expired. If " +
           name +
           " has answered, 'bisik receive' brings a new key; if not, ask for a new link and 'bisik"
           " add' it.";
  }
  return name + " takes no messages from you.";
}

}  // namespace

// Another device of the contact may take what this one refuses: a link that was made before the
// device was there, for one. Then the message has been sent.
void Outgoing::refused(Step& step, Contact& contact, const Cell& refused) {
  auto& chat = chats_[contact.id];
  const auto queue = refused.row.queue();
  // Another key has come while it was on the way: that one was not refused.
  if (refused.write_key != write_key_for(contact, refused.row)) {
    return pause(chat, step.now(), state_.lines.at({LinePurpose::sends, contact.relay()}).id());
  }
  if (wait_for_devices(step, contact, chat)) return;
  if (wait_for_new_key(step, contact, chat)) return;
  const auto why = failure(Exit::refused, refusal(contact));
  std::vector<proto::pb::OutboxRow> gone;
  for (const auto& cell : chat.cells) {
    if (cell.row.queue() == queue) gone.push_back(cell.row);
  }
  bool reached_any = false;
  for (const auto& row : gone) {
    erase(step, chat, row.order());
    const auto more = std::ranges::any_of(chat.cells, [&](const Cell& each) {
      return each.row.number() == row.number() && !each.row.again();
    });
    if (row.number() == 0 || row.again() || more) continue;
    const auto message = state_.message(contact.id, row.number());
    const bool reached = message && message->reached();
    reached_any = reached_any || reached;
    settle_message(step, contact, row.number(),
                   reached ? proto::pb::MESSAGE_STATE_RELAY : proto::pb::MESSAGE_STATE_FAILED,
                   reached ? std::nullopt : std::optional{why});
  }
  if (chat.cells.empty() && !reached_any) fail_texts(step, contact, why, true);
  // With another link, or once unblocked, on another connection.
  pause(chat, step.now(), state_.lines.at({LinePurpose::sends, contact.relay()}).id());
}

// The device may have been removed, or the account restored on another: the list says so.
bool Outgoing::wait_for_devices(Step& step, const Contact& contact, Chat& chat) {
  if (chat.pause && chat.pause->knocking) return false;
  if (chat.pause && chat.pause->fetching) return true;  // refused with the one before
  if (std::exchange(chat.fetched_devices, !chat.fetched_devices)) return false;
  fetches_.want(contact.id, false);
  fetches_.hurry(contact.id);
  pause(chat, step.now() + kAnswerWithin,
        state_.lines.at({LinePurpose::sends, contact.relay()}).id());
  chat.pause->fetching = true;
  return true;
}

// A contact who knows us may have changed the key: he is asked, and what is in the outbox waits for
// the answer.
bool Outgoing::wait_for_new_key(Step& step, Contact& contact, Chat& chat) {
  const auto knocked = contact.row.knocked_ms();
  if (contact.row.write_secret().empty() || !contact.may_be_written_to()) return false;
  const milliseconds waited{
      static_cast<std::int64_t>(step.now_ms() - std::min(step.now_ms(), knocked))};
  const bool clock_was_set = knocked > step.now_ms();
  const bool may_knock = knocked == 0 || clock_was_set || waited >= kKnockAgain;
  if (may_knock && Knocks::may_knock(state_, contact)) {
    knock(step, contact);
  } else if (may_knock || waited >= kAnswerToKnock) {
    return false;
  }
  const auto left = may_knock ? milliseconds{kAnswerToKnock} : kAnswerToKnock - waited;
  pause(chat, step.now() + left, state_.lines.at({LinePurpose::sends, contact.relay()}).id());
  chat.pause->knocking = true;
  return true;
}

// What the cells were to say of sessions is said with the knock too: an answer in a session that
// one side has lost would never be read, and the cells wait for the answer.
void Outgoing::knock(Step& step, Contact& contact) {
  auto owed = contact.row.repair();
  for (const auto& cell : chats_[contact.id].cells) {
    if (cell.row.has_repair()) contact.row.mutable_repair()->MergeFrom(cell.row.repair());
  }
  knocks_.knock(step, contact);
  const bool is_owed = owed.ByteSizeLong() != 0;
  contact.row.clear_repair();
  if (is_owed) *contact.row.mutable_repair() = std::move(owed);
  contact.save(step);
}

void Outgoing::forget_knock(const Step& step, Contact& contact) {
  contact.row.clear_knocked_ms();
  door_opened(step, contact.id);
}

void Outgoing::door_opened(const Step& step, const crypto::AccountId& account) {
  const auto found = chats_.find(account);
  if (found == chats_.end() || !found->second.pause || !found->second.pause->knocking) return;
  found->second.pause->until = step.now();
}

}  // namespace bisik::client
