// Messages that the relay had before and that somebody could not read: they go once more, in
// today's session, and in the order in which they were written. Nothing about them is shown.
#include <algorithm>

#include "client/engine/outgoing.hpp"

namespace bisik::client {

void Outgoing::send_again(Step& step, Contact& contact, std::vector<std::uint64_t> numbers) {
  auto& chat = chats_[contact.id];
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::deque<Text> texts;
  for (const auto number : numbers) {
    const bool waits = std::ranges::any_of(
        chat.texts, [&](const Text& text) { return text.row.number() == number; });
    auto message = waits ? std::nullopt : state_.message(contact.id, number);
    if (!message) continue;
    proto::pb::OutboxRow place;
    place.set_order(state_.next_outbox(step));
    place.set_account(message->account());
    place.set_number(number);
    place.set_again(true);
    step.put(RowKind::outbox, outbox_id(place.order()), place);
    texts.push_back({std::move(*message), place.order(), true});
  }
  chat.texts.insert(chat.texts.begin(), std::make_move_iterator(texts.begin()),
                    std::make_move_iterator(texts.end()));
}

// What was promised while nobody wrote to them, or they had asked too often within the hour.
bool Outgoing::may_send_all_again(const Step& step, const Contact& contact) {
  const auto& row = contact.row;
  return row.owes_again() &&
         (row.repairs() < kMaxRepairs || step.has_passed(row.repairs_since_ms(), kRetryAgain));
}

void Outgoing::send_all_again(Step& step, Contact& contact) {
  contact.row.clear_owes_again();
  contact.save(step);
  send_again(step, contact, send_log_.all(step, contact.id));
}

// A cell that the relay has taken although we send in another session by now: whoever gets it may
// not be able to read it.
void Outgoing::send_again_if_lost(Step& step, Contact& contact, const proto::pb::OutboxRow& cell) {
  if (sealed_in_good_session(cell)) return;
  if (cell.has_repair()) {  // words without any would be counted as asking for something
    contact.row.mutable_repair()->MergeFrom(cell.repair());
    contact.save(step);
  }
  if (cell.has_receipt()) owed_receipts_.owe_again(step, contact, cell.receipt());
  if (owes_words(contact)) greet(contact);
  if (cell.number() != 0) send_again(step, contact, {cell.number()});
}

bool Outgoing::sealed_in_good_session(const proto::pb::OutboxRow& cell) const {
  if (cell.session().empty()) return true;
  const auto session = transcript_in(cell.session());
  return state_.sessions.is_good(session) && !state_.sessions.is_passed_over(session);
}

}  // namespace bisik::client
