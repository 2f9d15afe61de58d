// What ends without having been sent: because nobody can be reached, or keys are not there.
#include <algorithm>

#include "client/engine/outgoing.hpp"
#include "client/engine/sentences.hpp"

namespace bisik::client {

// Texts that nobody queued end with the command that brought them; with `all`, the queued too.
void Outgoing::fail_texts(Step& step, Contact& contact, const proto::pb::Failure& failure,
                          bool all) {
  auto& texts = chats_[contact.id].texts;
  std::erase_if(texts, [](const Text& text) { return text.typing.has_value(); });
  std::vector<std::uint64_t> failed;
  for (const auto& text : texts) {
    const auto number = text.row.number();
    if (number == 0 || text.again || (text.row.queued() && !all)) continue;
    failed.push_back(number);
    if (!text.row.queued()) continue;
    auto row = text.row;
    row.set_state(proto::pb::MESSAGE_STATE_FAILED);
    state_.save(step, row);
    step.erase(RowKind::outbox, outbox_id(text.outbox_order));
  }
  std::erase_if(texts, [&](const Text& text) {
    if (text.again && all) step.erase(RowKind::outbox, outbox_id(text.outbox_order));
    return text.again || text.row.number() == 0
               ? all
               : std::ranges::find(failed, text.row.number()) != failed.end();
  });
  for (const auto number : failed) {
    on_outcome_(step, {contact.id, number, proto::pb::MESSAGE_STATE_FAILED, failure});
  }
}

void Outgoing::fetch_failed(Step& step, Contact& contact, const proto::pb::Failure& failure) {
  if (contact.is_own()) return;  // what waits for it is asked for again
  auto& chat = chats_[contact.id];
  if (chat.pause && chat.pause->fetching) chat.pause->until = step.now();
  if (failure.exit_code() == static_cast<std::uint32_t>(Exit::rate)) {
    pause(chats_[contact.id], step.now() + seconds{failure.retry_after_seconds()}, 0);
    return;
  }
  const bool may_pass = failure.exit_code() == static_cast<std::uint32_t>(Exit::relay) ||
                        failure.retry_after_seconds() != 0 ||
                        contact.row.trust() == proto::pb::TRUST_CHANGED;
  fail_texts(step, contact, failure, !may_pass);
}

void Outgoing::line_failed(Step& step, const LineKey& key, LineEnd why) {
  if (key.purpose == LinePurpose::fetches || key.purpose == LinePurpose::own_fetches) {
    return fetches_.line_failed(step, key, why);
  }
  if (key.purpose != LinePurpose::sends) return;
  for (auto& [account, chat] : chats_) {
    auto* contact = state_.contacts.find(account);
    if (contact == nullptr || !contact->may_be_written_to() || contact->relay() != key.relay)
      continue;
    fail_texts(step, *contact, failure(why, key.relay), false);
  }
}

}  // namespace bisik::client
