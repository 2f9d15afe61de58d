#include "client/engine/incoming.hpp"

#include <algorithm>

#include "client/engine/list_watch.hpp"
#include "client/engine/private_host.hpp"
#include "client/engine/seen.hpp"
#include "client/engine/sentences.hpp"
#include "proto/frame.hpp"

namespace bisik::client {
namespace {

// The list that is known names a device whose keys were not there yet when it came, or are too old.
bool lacks_keys(const Contact& contact, const State& state) {
  if (contact.is_own()) {  // this device is in the list, and not in the row
    return contact.row.devices_size() + 1 < state.identity->device_count;
  }
  if (contact.row.device_list().empty()) return false;
  const auto list = crypto::DeviceList::parse(crypto::as_bytes(contact.row.device_list())).value();
  return static_cast<std::size_t>(contact.row.devices_size()) < list.records().size();
}

}  // namespace

bool Incoming::receive(Step& step, const proto::pb::Cell& cell, bool knocks) {
  const auto bytes = crypto::as_bytes(cell.cell());
  const auto opened = state_.sessions.open(step, *state_.identity, state_.key_ring, bytes);
  if (!opened) {
    // A stranger's stamp pays for no place among those.
    if (!repairs_.unopened(step, cell, opened.error(), !knocks)) ++unreadable_;
    return false;
  }
  repairs_.opened(step, bytes);
  accept(step, *opened, knocks);
  return true;
}

void Incoming::try_again(Step& step) {
  const auto row = repairs_.next_to_try(step);
  if (!row) return;
  const auto bytes = crypto::as_bytes(row->cell());
  const auto opened = state_.sessions.open(step, *state_.identity, state_.key_ring, bytes);
  const bool still_closed = !opened && opened.error().why == crypto::Errc::no_header_key;
  repairs_.tried(step, *row, !still_closed);
  if (opened) {
    repairs_.opened(step, bytes);
    accept(step, *opened, false);
  } else if (!still_closed) {
    proto::pb::Cell cell;
    cell.set_cell(row->cell());
    cell.set_envelope_id(row->envelope_id());
    if (!repairs_.unopened(step, cell, opened.error(), false)) ++unreadable_;
  }
}

void Incoming::accept(Step& step, const OpenedCell& opened, bool knocks) {
  const auto content = proto::decode_content(opened.content);
  auto* contact = state_.contacts.find(opened.peer.account);
  if (contact != nullptr && opened.starts_session) limit_sessions(step, *contact);
  if (!content) {
    ++unreadable_;
    if (contact == nullptr) state_.sessions.forget(step, opened.peer.account);
    return;
  }
  if (contact == nullptr && opened.starts_session) contact = introduce(step, opened, *content);
  if (contact == nullptr) return state_.sessions.forget(step, opened.peer.account);
  if (!is_listed(*contact, opened.peer.device)) {
    unlisted_.keep(step, opened);
    return outgoing_.fetches().want(contact->id, false);
  }
  take(step, *contact, opened, *content, knocks);
}

// Whatever else becomes of the message: each costs a row, and a trial of every cell that comes.
void Incoming::limit_sessions(Step& step, const Contact& contact) {
  const bool few = contact.is_stranger() || contact.row.blocked();
  state_.sessions.limit(step, contact.id, few ? kMaxSessionsOfRequest : kMaxSessionsOfContact);
}

void Incoming::take(Step& step, Contact& contact, const OpenedCell& opened,
                    const proto::pb::Content& content, bool knocks) {
  repairs_.spoken_in(step, contact, opened, content);
  if (opened.starts_session) repairs_.began(step, contact, opened);
  if (contact.is_own()) {
    watch_own_list(step, content.sender_list());
    if (content.has_hello()) ask_for_keys(contact);
    if (content.has_repair()) {
      repairs_.heard(step, opened.peer.device, opened.session, content.repair());
    }
    return on_own_(step, opened.peer.device, content);
  }
  if (contact.row.blocked()) return overhear(step, contact, opened, content);
  if (contact.is_removed() && !is_back(step, contact, content)) return;
  learn(step, contact, opened.peer.device, content);
  if (content.has_successor()) successors_.heard(step, contact, content.successor());
  if (opened.starts_session) repairs_.try_set_aside_again(step);
  if (content.has_repair()) repairs_.heard(step, contact, opened.session, content.repair());
  if (knocks && !contact.is_stranger()) {
    contact.row.set_greeted(false);  // until the relay has our answer, also after a restart
    outgoing_.greet(contact);
  }
  if (content.has_receipt() && !contact.is_stranger()) {
    amendments_.heard(step, contact, content.receipt());
  }
  if (content.has_typing() && !contact.is_stranger()) hear_typing(step, contact, content);
  if (content.has_text() && may_be_removed(contact, content)) {
    wait_for_list(step, contact, opened);
  } else if (content.has_text()) {
    store(step, contact, content);
  }
  contact.save(step);
}

// Nobody ever hears of it. But once unblocked the contact is written to as it can be read.
void Incoming::overhear(Step& step, Contact& contact, const OpenedCell& opened,
                        const proto::pb::Content& content) {
  if (contact.is_stranger()) return;
  if (contact.hear_secret(step, content)) {
    outgoing_.door_opened(step, contact.id);
  }
  if (content.has_repair()) repairs_.heard(step, contact, opened.session, content.repair());
  contact.save(step);
}

// Another device has named a newer list, which is not here yet and may not name this one: whoever
// is in it will name it too, or wrote before. Of who is changed everything is shown, as that.
bool Incoming::may_be_removed(const Contact& contact, const proto::pb::Content& content) {
  return !contact.is_stranger() && contact.row.trust() != proto::pb::TRUST_CHANGED &&
         contact.row.refresh_sequence() > contact.row.list_sequence() &&
         content.sender_list().sequence() < contact.row.refresh_sequence();
}

// The person hears of the first that is lost, and how many there were once the list is here.
void Incoming::wait_for_list(Step& step, Contact& contact, const OpenedCell& opened) {
  outgoing_.fetches().want(contact.id, false);
  if (unlisted_.keep_text(step, opened)) return;
  if (contact.row.lost_texts() == 0) {
    readers_.notice(step, contact, loses_texts(contact.row.name()));
  }
  contact.row.set_lost_texts(contact.row.lost_texts() + 1);
}

void Incoming::load() { unlisted_.load(); }

void Incoming::pump(Step& step) {
  if (unlisted_.accounts().empty() || step.now() < ask_for_lists_at_) return;
  ask_for_lists_at_ = step.now() + kAskForKeysAgain;
  for (const auto& account : unlisted_.accounts()) outgoing_.fetches().want(account, false);
}

std::optional<Time> Incoming::wake_at(Time now) const {
  if (unlisted_.accounts().empty() || ask_for_lists_at_ <= now) return std::nullopt;
  return ask_for_lists_at_;
}

bool Incoming::waits_for_a_list(Time now) const {
  return std::ranges::any_of(unlisted_.accounts(), [&](const crypto::AccountId& account) {
    return outgoing_.fetches().is_under_way(account, now);
  });
}

// What waited for this account's list, now that it is here. If a newer one is named, all texts wait
// for that, and so do contents of devices that only that one can name.
void Incoming::learned(Step& step, Contact& contact) {
  const bool is_newest = contact.row.refresh_sequence() <= contact.row.list_sequence();
  if (is_newest) show_texts(step, contact);
  const auto wanted = [&](auto device) { return is_newest || is_listed(contact, device); };
  for (const auto& kept : unlisted_.take(step, contact.id, wanted)) {
    const auto content = proto::decode_content(kept.content);
    if (content && is_listed(contact, kept.peer.device)) {
      take(step, contact, kept, *content, false);
    } else {
      ++unreadable_;
    }
  }
}

// Those that waited for a list, of whom the known one names.
void Incoming::show_texts(Step& step, Contact& contact) {
  for (const auto& kept : unlisted_.take_texts(step, contact.id)) {
    const auto content = proto::decode_content(kept.content);
    if (!content || !is_listed(contact, kept.peer.device)) {
      ++unreadable_;
    } else if (!contact.is_stranger() && !contact.row.blocked()) {
      store(step, contact, *content);
      contact.save(step);
    }
  }
  if (contact.row.lost_texts() == 0) return;
  readers_.notice(step, contact, lost_texts(contact.row.name(), contact.row.lost_texts()));
  contact.row.clear_lost_texts();
  contact.save(step);
}

// Whether the newest list known says that this device is the account's own. Nobody asks for the
// list of a stranger before he is accepted, nor of somebody who is blocked.
bool Incoming::is_listed(const Contact& contact, crypto::DeviceNumber device) const {
  if (contact.is_stranger() || contact.row.blocked()) return true;
  const auto is_it = [=](const auto& known) { return known.number() == device; };
  if (std::ranges::any_of(contact.row.devices(), is_it)) return true;
  const auto& known =
      contact.is_own() ? to_string(state_.identity->device_list) : contact.row.device_list();
  if (known.empty()) return true;
  const auto list = crypto::DeviceList::parse(crypto::as_bytes(known)).value();
  return list.find(device) != nullptr;
}

// A list of ours that only the primary has made so far is fetched, and not too often: anybody may
// say that there is one.
void Incoming::watch_own_list(const Step& step, const proto::pb::ListState& told) {
  const auto& identity = *state_.identity;
  if (identity.primary || told.sequence() <= identity.list_sequence) return;
  if (step.now() < own_list_not_before_) return;
  own_list_not_before_ = step.now() + kAskForOwnListAgain;
  outgoing_.fetches().want(state_.identity->id(), false);
}

// Somebody new. With the token of a link that we gave away he is a contact; otherwise he is a
// request, of which nothing is answered and nobody is contacted before the person accepts.
Contact* Incoming::introduce(Step& step, const OpenedCell& opened,
                             const proto::pb::Content& content) {
  const auto relay = from_proto(content.introduction().relay());
  if (!relay || !may_connect(*relay, state_.identity->relay)) return nullptr;
  // Of whom a contact says that he is he, the person decides as of that contact.
  const bool claimed = state_.contacts.predecessor(opened.peer.account) != nullptr;
  const bool known = !claimed && invited(step, content.introduction());
  if (!known && !claimed && state_.contacts.requests() >= kMaxRequests) return nullptr;

  auto& contact = state_.contacts.add(opened.account_key, content.introduction().name(), step);
  contact.row.set_state(known ? proto::pb::CONTACT_STATE_ACCEPTED
                              : proto::pb::CONTACT_STATE_REQUEST);
  *contact.row.mutable_relay() = to_proto(*relay);
  contact.row.set_relay_is_said(true);
  if (known) copies_.contact(step, contact.id);
  return &contact;
}

// Somebody whom the person has deleted writes again: a stranger, unless he has a new link.
bool Incoming::is_back(Step& step, Contact& contact, const proto::pb::Content& content) {
  const bool known = content.has_introduction() && invited(step, content.introduction());
  if (!known && (!content.has_text() || state_.contacts.requests() >= kMaxRequests)) return false;
  state_.contacts.revive(
      contact, {}, known ? proto::pb::CONTACT_STATE_ACCEPTED : proto::pb::CONTACT_STATE_REQUEST);
  return true;
}

bool Incoming::invited(const Step& step, const proto::pb::Introduction& introduction) const {
  const auto row = state_.rows.get(RowKind::link, link_id(introduction.token()));
  return row && parse_row<proto::pb::LinkRow>(*row).expires_ms() > step.now_ms();
}

// A newer list than we know may be one that this profile has signed and, as an older copy,
// forgotten.
void Incoming::watch(Step& step, Contact& contact, const proto::pb::Content& content) {
  watch_own_list(step, content.receiver_list());
  const auto seen = watch_lists(*state_.identity, contact, content);
  if (seen == ListAlarm::none || contact.row.trust() == proto::pb::TRUST_CHANGED) return;
  if (seen == ListAlarm::ours &&
      content.receiver_list().sequence() > state_.identity->list_sequence) {
    return on_unknown_list_(step, contact, content.receiver_list());
  }
  contact.row.set_trust(proto::pb::TRUST_CHANGED);
  if (seen == ListAlarm::ours) return alarm_of_ours(step, contact);
  alarm(step, contact, two_histories(contact.row.name()));
}

void Incoming::alarm_of_ours(Step& step, Contact& contact) {
  alarm(step, contact, foreign_list_of_ours(contact.row.name()));
}

void Incoming::alarm(Step& step, Contact& contact, const std::string& sentence) {
  readers_.notice(step, contact, sentence);
  readers_.contact_changed(step, contact);
  show_texts(step, contact);
  outgoing_.halt(step, contact, not_trusted(contact.row.name()));
}

// Any device of the contact may say that there is one, also one that is about to be removed.
void Incoming::hear_of_list(Contact& contact, crypto::DeviceNumber device,
                            const proto::pb::ListState& told) {
  auto& row = contact.row;
  if (contact.is_stranger() || told.sequence() <= row.list_sequence()) return;
  outgoing_.fetches().want(contact.id, false);
  if (told.sequence() <= row.refresh_sequence()) return;
  if (told.sequence() - row.list_sequence() > kMaxListsAhead) return;
  row.set_refresh_sequence(told.sequence());
  row.set_refresh_device(device);
}

void Incoming::learn(Step& step, Contact& contact, crypto::DeviceNumber device,
                     const proto::pb::Content& content) {
  auto& row = contact.row;
  watch(step, contact, content);
  if (contact.hear_secret(step, content)) {
    outgoing_.door_opened(step, contact.id);
  }
  if (content.profile().changed_ms() > row.profile().changed_ms()) {
    *row.mutable_profile() = content.profile();
    if (!contact.is_stranger()) {
      readers_.notice(step, contact, calls_himself(row.name(), content.profile().name()));
      readers_.contact_changed(step, contact);
    }
  }
  if (row.state() == proto::pb::CONTACT_STATE_INVITED) {
    row.set_state(proto::pb::CONTACT_STATE_ACCEPTED);
    readers_.notice(step, contact, contact.row.name() + " has answered.");
  }
  // The introduced one hears from us at once, and so learns where to write.
  const bool owes_answer = content.has_introduction() && !contact.is_stranger() && !row.greeted();
  if (state_.owes_successor(contact)) outgoing_.greet(contact);
  if (owes_answer && !outgoing_.has_work(contact.id)) outgoing_.greet(contact);
  hear_of_list(contact, device, content.sender_list());
  if (content.has_hello() && !contact.is_stranger()) ask_for_keys(contact);
}

// A hello is how an account tells that a new device has published its keys: who has asked for the
// list before that has it without them.
void Incoming::ask_for_keys(const Contact& contact) {
  if (lacks_keys(contact, state_)) outgoing_.fetches().want(contact.id, false);
}

void Incoming::hear_typing(Step& step, const Contact& contact,
                           const proto::pb::Content& content) const {
  const auto when = content.timestamp_ms();
  const auto apart = std::max(when, step.now_ms()) - std::min(when, step.now_ms());
  if (apart > static_cast<std::uint64_t>(milliseconds{kTypingIsNews}.count())) return;
  readers_.typing(step, contact, content.typing().stopped(), when);
}

// Of a stranger.
std::size_t Incoming::most_held(const Contact& contact) const {
  const bool claimed = state_.contacts.predecessor(contact.id) != nullptr;
  return claimed ? kMaxHeldMessages : kMaxRequestMessages;
}

void Incoming::store(Step& step, Contact& contact, const proto::pb::Content& content) {
  // A stranger may write, and no more.
  const auto kind = content.text().about().kind();
  const bool is_text =
      kind == proto::pb::Reference::KIND_NONE || kind == proto::pb::Reference::KIND_REPLY;
  if (contact.is_stranger() && !is_text) return;
  const auto written = contact.row.last_number() - contact.row.removed_number();
  if (contact.is_stranger() && written >= most_held(contact)) return;
  if (is_kept(step, state_, contact.id, content)) return;
  if (!see(step, state_, contact.id, content.id(), contact.row.last_number() + 1)) return;
  proto::pb::MessageRow row;
  row.set_account(to_string(contact.id.bytes));
  row.set_number(contact.row.last_number() + 1);
  row.set_content_id(content.id());
  row.set_timestamp_ms(content.timestamp_ms());
  row.set_received_ms(step.now_ms());
  row.set_text(content.text().body());
  if (content.text().has_about()) *row.mutable_about() = content.text().about();
  row.set_state(proto::pb::MESSAGE_STATE_RECEIVED);
  if (!amendments_.take(step, contact, row)) return;
  amendments_.arrived(step, contact, row);
  contact.row.set_last_number(row.number());
  if (contact.is_stranger()) return state_.save(step, row);
  const auto number = row.number();
  readers_.take_in(step, contact, std::move(row));
  if (state_.tells_new_devices(content.receiver_list())) {
    copies_.message(step, contact.id, number);
  }
}

}  // namespace bisik::client
