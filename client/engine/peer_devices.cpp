#include "client/engine/peer_devices.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

using crypto::DeviceList;
using crypto::Errc;
using crypto::Result;
using proto::pb::Bundles;

struct Learned {
  DeviceList list;
  DeviceChanges changes;
  proto::pb::ContactRow row;
  std::vector<crypto::PeerPrekeys> prekeys;    // of devices that sessions can be started with
  std::vector<crypto::DeviceAddress> resumed;  // that only an abandoned session leads to
};

// None before the first.
std::optional<DeviceList> known_list(const State& state, const Contact& contact) {
  if (contact.is_own()) return state.identity->list();
  if (contact.row.device_list().empty()) return std::nullopt;
  return DeviceList::parse(crypto::as_bytes(contact.row.device_list())).value();
}

// The newest of this device that we have seen, whether it serves or not; 0: none.
std::uint64_t bundle_seen(const Contact& contact, crypto::DeviceNumber number) {
  std::uint64_t seen = 0;
  for (const auto& device : contact.row.devices()) {
    if (device.number() == number) seen = std::max(seen, device.bundle_sequence());
  }
  for (const auto& device : contact.row.left_out()) {
    if (device.number() == number) seen = std::max(seen, device.bundle_sequence());
  }
  return seen;
}

std::string mailbox_seen(const Contact& contact, crypto::DeviceNumber number) {
  for (const auto& device : contact.row.devices()) {
    if (device.number() == number) return device.mailbox();
  }
  for (const auto& device : contact.row.left_out()) {
    if (device.number() == number) return device.mailbox();
  }
  return {};
}

// Nothing is sent there now. What we have seen of it stays the least that we take; and a device of
// our own account is back some day, so that its mailbox takes what ours does.
void leave_out(proto::pb::ContactRow& row, crypto::DeviceNumber number, std::uint64_t seen,
               std::string mailbox) {
  if (seen == 0) return;
  auto& device = *row.add_left_out();
  device.set_number(number);
  device.set_bundle_sequence(seen);
  device.set_mailbox(std::move(mailbox));
}

Result<crypto::PeerPrekeys> to_prekeys(const crypto::DeviceRecord& record,
                                       const crypto::Bundle& bundle, const Bundles::Device& entry) {
  const auto& contents = bundle.contents();
  crypto::PeerPrekeys prekeys{
      record, contents.seal, contents.signed_prekey, {}, contents.pq_signed_prekey};
  if (!entry.one_time_key().empty()) {
    const auto key = crypto::OneTimeKeyEntry::parse(crypto::as_bytes(entry.one_time_key()), record);
    if (!key) return key.error();
    prekeys.one_time_key = key->key();
  }
  if (!entry.pq_one_time_key().empty()) {
    const auto key =
        crypto::PqOneTimeKeyEntry::parse(crypto::as_bytes(entry.pq_one_time_key()), record);
    if (!key) return key.error();
    prekeys.pq_prekey = key->key();
  }
  return prekeys;
}

// What the answer is judged by. A device that we have a session with is written to however old the
// answer; a session starts with a list and a bundle of these weeks only.
struct Question {
  const State& state;
  const Contact& contact;
  bool list_is_stale;
  crypto::UnixTime now;
};

Result<void> learn_device(Learned& learned, const Question& question,
                          const crypto::DeviceRecord& record, const Bundles::Device* entry) {
  const auto seen = bundle_seen(question.contact, record.number());
  if (entry == nullptr || entry->bundle().empty()) {
    learned.row.set_lacks_keys(true);
    leave_out(learned.row, record.number(), seen, mailbox_seen(question.contact, record.number()));
    return {};
  }
  const auto bundle = crypto::Bundle::parse(crypto::as_bytes(entry->bundle()), record);
  if (!bundle) return bundle.error();
  if (const auto allowed = bundle->check_not_below(seen); !allowed) return allowed.error();

  const auto mailbox = to_string(bundle->contents().mailbox.bytes);
  const auto address = crypto::DeviceAddress::of(record);
  const bool has_session = question.state.sessions.can_send(address);
  const bool may_start = !bundle->is_stale(question.now) && !question.list_is_stale;
  const bool resumes = !has_session && !may_start && question.state.sessions.can_resume(address);
  if (!has_session && !may_start && !resumes) {
    leave_out(learned.row, record.number(), bundle->contents().sequence, mailbox);
    return {};
  }
  auto& device = *learned.row.add_devices();
  device.set_number(record.number());
  device.set_record(to_string(record.bytes()));
  device.set_mailbox(mailbox);
  device.set_knock(to_string(bundle->contents().knock.bytes));
  device.set_bundle_sequence(bundle->contents().sequence);
  if (resumes) learned.resumed.push_back(address);
  if (has_session || resumes) return {};
  auto prekeys = to_prekeys(record, *bundle, *entry);
  if (!prekeys) return prekeys.error();
  learned.prekeys.push_back(std::move(*prekeys));
  return {};
}

DeviceChanges compare(const std::optional<DeviceList>& before, const DeviceList& after) {
  DeviceChanges changes;
  if (!before) return changes;
  for (const auto& record : after.records()) {
    if (before->find(record.number()) == nullptr) changes.added.push_back(record.number());
  }
  for (const auto& record : before->records()) {
    if (after.find(record.number()) == nullptr) changes.removed.push_back(record.number());
  }
  return changes;
}

// Of our own account there is one signer. Who has replaced it holds the account's key as well.
bool is_foreign(const State& state, const Contact& contact, const DeviceList& list) {
  const auto& identity = *state.identity;
  return contact.is_own() && identity.primary && !contact.row.restored() &&
         list.sequence() > identity.list_sequence &&
         list.find(identity.device.number()) != nullptr &&
         !std::ranges::equal(list.bytes(), identity.next_device_list);
}

void take_own_list(Step& step, State& state, Contact& own, const DeviceList& list,
                   const Bundles& bundles) {
  auto& identity = *state.identity;
  identity.last_number = std::max(identity.last_number, highest_number(bundles));
  const bool is_next = std::ranges::equal(list.bytes(), identity.next_device_list);
  const bool is_newer = list.sequence() > identity.list_sequence;
  if (is_newer && !(identity.primary && is_next)) identity.take_list(step, list);
  const bool was_listed = identity.setup != Setup::restoring;
  own.row.set_gone(was_listed && list.find(identity.device.number()) == nullptr);
  own.row.clear_restored();
}

Result<Learned> check(const State& state, const Contact& contact, const Bundles& bundles,
                      crypto::UnixTime now) {
  const auto known = known_list(state, contact);
  auto list = newest_list(known, contact.account_key(), bundles);
  if (!list) return list.error();
  if (is_foreign(state, contact, *list)) return Errc::conflicting;
  // The contact's own messages name a newer one: somebody holds it back, unless what they say is
  // not so. A list that is new to us is taken in any case: it may be without who has said it.
  const bool is_newer = !known || list->sequence() > known->sequence();
  if (!is_newer && list->sequence() < contact.row.refresh_sequence()) return Errc::not_newer;

  Learned learned{*list, compare(known, *list), contact.row, {}, {}};
  learned.row.clear_devices();
  learned.row.clear_left_out();
  learned.row.set_device_list(to_string(list->bytes()));
  learned.row.set_list_sequence(list->sequence());
  learned.row.set_list_hash(to_string(list->hash()));
  // Who is in neither of the two may be newer than both.
  const auto claimant = contact.row.refresh_device();
  const bool is_gone = known && known->find(claimant) != nullptr && list->find(claimant) == nullptr;
  if (is_gone || list->sequence() >= contact.row.refresh_sequence()) {
    learned.row.clear_refresh_sequence();
    learned.row.clear_refresh_device();
  }
  learned.row.clear_lacks_keys();
  const Question question{state, contact, list->is_stale(now), now};
  for (const auto& record : list->records()) {
    if (contact.is_own() && record.number() == state.identity->device.number()) continue;
    const auto* entry = find_bundle(bundles, record.number());
    if (const auto good = learn_device(learned, question, record, entry); !good) {
      return good.error();
    }
  }
  if (learned.row.devices().empty() && !contact.is_own()) return Errc::stale;
  return learned;
}

}  // namespace

const Bundles::Device* find_bundle(const Bundles& bundles, crypto::DeviceNumber number) {
  const auto found = std::ranges::find(bundles.devices(), number, &Bundles::Device::number);
  return found == bundles.devices().end() ? nullptr : &*found;
}

// parse() has verified each.
crypto::DeviceNumber highest_number(const Bundles& bundles) {
  crypto::DeviceNumber highest = 0;
  for (const auto& bytes : bundles.device_lists()) {
    const auto list = DeviceList::parse(crypto::as_bytes(bytes));
    if (list) highest = std::max(highest, list->records().back().number());
  }
  return highest;
}

Result<DeviceList> newest_list(std::optional<DeviceList> newest, const crypto::VerifyKey& account,
                               const Bundles& bundles) {
  for (const auto& bytes : bundles.device_lists()) {
    auto list = DeviceList::parse(crypto::as_bytes(bytes));
    if (!list) return list.error();
    if (list->account_key() != account) return Errc::bad_signature;
    const bool same = newest && std::ranges::equal(newest->bytes(), list->bytes());
    if (same) continue;
    if (newest) {
      const auto allowed = check_successor(*newest, *list);
      if (!allowed && allowed.error() == Errc::not_newer) continue;  // of before
      if (!allowed) return allowed.error();
    }
    newest = std::move(*list);
  }
  if (!newest) return Errc::malformed;
  return std::move(*newest);
}

Result<DeviceChanges> learn_devices(Step& step, State& state, Contact& contact,
                                    const Bundles& bundles, bool sessions) {
  auto learned = check(state, contact, bundles, step.now_seconds());
  if (!learned) return learned.error();
  std::vector<crypto::Session> started;
  if (!sessions) learned->prekeys.clear();
  for (const auto& prekeys : learned->prekeys) {
    auto session = crypto::Session::initiate(state.identity->device, prekeys);
    if (!session) return session.error();
    started.push_back(std::move(*session));
  }
  for (auto& session : started) {
    const auto transcript = session.transcript();
    state.sessions.add(step, std::move(session));
    // The first words in it will be that all others are given up.
    if (contact.row.repair().has_sessions_lost()) state.sessions.take_over(step, transcript);
  }
  for (const auto& device : learned->resumed) state.sessions.resume(step, device);
  contact.row = std::move(learned->row);
  if (contact.is_own()) take_own_list(step, state, contact, learned->list, bundles);
  for (const auto device : learned->changes.removed) {
    contact.forget_own_device(device);
    state.sessions.forget(step, crypto::DeviceAddress{contact.id, device});
  }
  contact.save(step);
  return std::move(learned->changes);
}

}  // namespace bisik::client
