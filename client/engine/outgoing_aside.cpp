// What goes out beside messages to contacts, or nowhere: notes to oneself, receipts, and that
// somebody is typing, which is of no use a moment later and goes where there is a line at once, or
// not at all.
#include <algorithm>

#include "client/engine/idempotency.hpp"
#include "client/engine/outgoing.hpp"

namespace bisik::client {

// With whatever else waits for the same contact, in its place.
void Outgoing::say_receipts(Step& step) {
  for (const auto& account : owed_receipts_.take_due(step)) {
    const auto* contact = state_.contacts.find(account);
    if (contact == nullptr || contact->row.blocked()) {
      owed_receipts_.forget(step, account);
      continue;
    }
    auto& texts = chats_[account].texts;
    if (!may_write_to(*contact)) continue;
    if (std::ranges::any_of(texts, &Text::receipts)) continue;
    texts.push_back({});
    texts.back().receipts = true;
  }
}

void Outgoing::type(const Step& step, const Contact& contact, bool stopped) {
  if (contact.row.state() != proto::pb::CONTACT_STATE_ACCEPTED || !may_write_to(contact)) return;
  auto& texts = chats_[contact.id].texts;
  std::erase_if(texts, [](const Text& text) { return text.typing.has_value(); });
  texts.push_back({});
  texts.back().typing = Typing{stopped, step.now() + kTypingLasts};
}

void Outgoing::note(Step& step, Contact& own, proto::pb::MessageRow row) {
  row.set_state(proto::pb::MESSAGE_STATE_RELAY);
  row.set_queued(false);
  row.set_read_ms(step.now_ms());
  keep(step, own, row);
  if (!row.idempotency_key().empty()) remember_idempotency(step, own, row);
  on_kept_(step, own, row);
  on_outcome_(step, {own.id, row.number(), proto::pb::MESSAGE_STATE_RELAY, {}});
}

proto::pb::Content Outgoing::take_aside(Step& step, const Contact& contact, const Text& text) {
  proto::pb::Content said;
  if (text.receipts) {
    auto receipt = owed_receipts_.take(step, contact);
    if (receipt.ByteSizeLong() != 0) *said.mutable_receipt() = std::move(receipt);
  } else if (text.typing && step.now() < text.typing->until) {
    said.mutable_typing()->set_stopped(text.typing->stopped);
  }
  return said;
}

}  // namespace bisik::client
