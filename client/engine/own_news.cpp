#include "client/engine/own_news.hpp"

#include "client/engine/seen.hpp"

namespace bisik::client {
namespace {

using proto::pb::CONTACT_STATE_ACCEPTED;
using proto::pb::CONTACT_STATE_INVITED;

crypto::VerifyKey account_key_of(const proto::pb::SharedContact& shared) {
  crypto::VerifyKey key{};
  std::ranges::copy(crypto::as_bytes(shared.account_key()), key.bytes.begin());
  return key;
}

}  // namespace

void OwnNews::take(Step& step, crypto::DeviceNumber device, const proto::pb::Content& content) {
  secrets_.heard(step, content);
  if (content.has_successor()) moving_.told(step, content.successor());
  if (content.has_profile()) static_cast<void>(state_.learn_profile(step, content.profile()));
  if (content.has_contact()) take_contact(step, content.contact());
  take_copies(step, content.copies(), state_.tells_new_devices(content.sender_list()));
  if (content.has_reads()) take_reads(step, content.reads());
  if (content.hello().new_device() && state_.identity->primary) {
    copies_.everything(step, device, content.hello().history());
    on_new_device_(step, device);
  }
}

// The primary tells them on: which list their writer knew is forgotten by now.
void OwnNews::pump(Step& step) {
  early_.forget_old(step);
  take_copies(step, early_.take_known(step), state_.joined() && state_.identity->primary);
}

// `tell`: the account's other devices hear of them from this one.
void OwnNews::take_copies(Step& step, const proto::pb::Copies& copies, bool tell) {
  auto held = held_long(step, copies);
  for (const auto& copy : copies.copies()) {
    if (held[copy.account()].contains(copy.id())) continue;
    const auto* kept = take_copy(step, copy);
    if (kept != nullptr && tell) copies_.message(step, kept->id, kept->row.last_number());
  }
}

// Those that the history has and that are too old to be remembered among what has come: a device
// that was put back may send what it wrote any time ago, and what is told again may be as old. Of a
// device that is not that old itself all is remembered, so that a new one does not look through its
// history for every message of it.
OwnNews::Ids OwnNews::held_long(const Step& step, const proto::pb::Copies& copies) const {
  constexpr milliseconds kRemembered = kSeenLifetime - kMostClockError;
  Ids held;
  if (copies.copies().empty()) return held;
  const auto linked = state_.identity->device.record.created();
  if (step.now_seconds() - linked < kRemembered) return held;
  for (const auto& copy : copies.copies()) {
    const auto made_ms = std::min(copy.timestamp_ms(), copy.received_ms());
    if (step.has_passed(made_ms, kRemembered)) held[copy.account()].insert(copy.id());
  }
  for (auto& entry : held) {
    auto& ids = entry.second;
    std::set<std::string> found;
    const auto chat = crypto::as_bytes(entry.first);
    each_row(state_.rows, RowKind::message, chat, 0, [&](const auto& stored) {
      const auto id = parse_row<proto::pb::MessageRow>(stored.value).content_id();
      if (ids.erase(id) != 0) found.insert(id);
      return !ids.empty();
    });
    ids = std::move(found);
  }
  return held;
}

// Its chat. Null: it is known, or of somebody whom this device has deleted, or does not know yet.
Contact* OwnNews::take_copy(Step& step, const proto::pb::Copies::Copy& copy) {
  auto* contact =
      state_.contacts.find(crypto::AccountId::parse(crypto::as_bytes(copy.account())).value());
  if (contact == nullptr) early_.keep(step, copy);
  if (contact == nullptr || contact->is_removed()) return nullptr;
  const auto number = contact->row.last_number() + 1;
  if (!see(step, state_, contact->id, copy.id(), number)) {
    if (copy.read_ms() != 0) {
      amendments_.read_elsewhere(step, *contact, copy.id(), copy.read_ms());
    }
    return nullptr;
  }
  // What was written before that device heard that the person has followed: the chat has moved.
  if (auto* fresh =
          copy.ours() && contact->has_moved() ? successors_.followed(*contact) : nullptr) {
    contact = fresh;
  }
  proto::pb::MessageRow row;
  row.set_account(to_string(contact->id.bytes));
  row.set_number(contact->row.last_number() + 1);
  row.set_content_id(copy.id());
  row.set_ours(copy.ours());
  row.set_timestamp_ms(copy.timestamp_ms());
  row.set_received_ms(copy.received_ms());
  row.set_text(copy.text());
  if (copy.has_about()) *row.mutable_about() = copy.about();
  row.set_deleted(copy.deleted());
  row.set_read_ms(copy.read_ms());
  row.set_state(copy.ours() ? proto::pb::MESSAGE_STATE_RELAY : proto::pb::MESSAGE_STATE_RECEIVED);
  if (!row.deleted() && !amendments_.take(step, *contact, row)) return nullptr;
  amendments_.arrived(step, *contact, row);
  contact->row.set_last_number(row.number());
  contact->save(step);
  state_.save(step, row);
  readers_.told(step, *contact, row);
  return contact;
}

// Of a chat that is not known here the messages come as copies, which say it too.
void OwnNews::take_reads(Step& step, const proto::pb::Reads& reads) {
  auto* contact =
      state_.contacts.find(crypto::AccountId::parse(crypto::as_bytes(reads.account())).value());
  if (contact == nullptr || contact->is_removed()) return;
  if (auto* fresh = contact->has_moved() ? successors_.followed(*contact) : nullptr) {
    contact = fresh;
  }
  for (const auto& read : reads.reads()) {
    amendments_.read_elsewhere(step, *contact, read.id(), read.read_ms());
  }
}

Contact& OwnNews::find_or_add(Step& step, const proto::pb::SharedContact& shared) {
  const auto key = account_key_of(shared);
  if (auto* known = state_.contacts.find(crypto::AccountId::of(key))) return *known;
  auto& contact = state_.contacts.add(key, shared.name(), step);
  contact.row.set_state(shared.accepted() ? CONTACT_STATE_ACCEPTED : CONTACT_STATE_INVITED);
  contact.row.set_greeted(true);  // by the device that knows them
  contact.row.set_added_ms(shared.added_ms());
  return contact;
}

void OwnNews::take_contact(Step& step, const proto::pb::SharedContact& shared) {
  const auto id = crypto::AccountId::of(account_key_of(shared));
  if (id == state_.identity->id()) return;
  if (shared.removed()) {
    auto* known = state_.contacts.find(id);
    const bool is_older = known != nullptr && shared.changed_ms() < known->row.changed_ms();
    if (known != nullptr && !known->is_removed() && !is_older) people_.forget(step, *known);
    return;
  }
  auto& contact = find_or_add(step, shared);
  if (shared.changed_ms() < contact.row.changed_ms()) return;
  contact.row.set_changed_ms(shared.changed_ms());
  if (shared.has_successor()) successors_.told(step, contact, shared);
  if (contact.is_removed()) {
    state_.contacts.revive(contact, shared.name(), CONTACT_STATE_ACCEPTED);
  } else if (contact.is_request()) {
    contact.row.set_state(CONTACT_STATE_ACCEPTED);
    readers_.take_in_request(step, contact);
  } else if (shared.accepted()) {
    contact.row.set_state(CONTACT_STATE_ACCEPTED);
  }
  (void)state_.contacts.rename(contact, shared.name(), step);  // where nobody here has that name
  *contact.row.mutable_relay() = shared.relay();
  contact.row.set_relay_is_said(shared.relay_is_said());
  const bool unblocked = contact.row.blocked() && !shared.blocked();
  const bool has_key =
      contact.learn_secret(step, shared.write_secret(), shared.write_secret_sequence());
  contact.row.set_blocked(shared.blocked());
  contact.row.set_no_delivery_receipts(shared.no_delivery_receipts());
  contact.row.set_no_read_receipts(shared.no_read_receipts());
  contact.row.set_no_typing_notices(shared.no_typing_notices());
  if (contact.row.trust() != proto::pb::TRUST_CHANGED) {
    contact.row.set_trust(shared.verified() ? proto::pb::TRUST_VERIFIED
                                            : proto::pb::TRUST_UNVERIFIED);
  }
  contact.save(step);
  if (unblocked || has_key) people_.may_write_again(step, contact);
  readers_.contact_changed(step, contact);
}

}  // namespace bisik::client
