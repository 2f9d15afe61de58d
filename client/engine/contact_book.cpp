#include "client/engine/contact_book.hpp"

#include <algorithm>

#include "client/edits.hpp"
#include "client/engine/limits.hpp"
#include "client/name.hpp"
#include "client/uuid.hpp"
#include "crypto/hex.hpp"
#include "proto/host.hpp"

namespace bisik::client {
namespace {

// Of a link, or in hex.
std::optional<crypto::AccountId> id_in(std::string_view name) {
  if (const auto link = proto::parse_link(name)) {
    if (!link->contact) return std::nullopt;
    return crypto::AccountId::of(link->contact->account_key);
  }
  const auto bytes = crypto::from_hex(name);
  const auto id = bytes ? crypto::AccountId::parse(*bytes)
                        : crypto::Result<crypto::AccountId>{crypto::Errc::malformed};
  return id ? std::optional{*id} : std::nullopt;
}

// The notes to oneself, or an account: nobody may be called that.
bool means_something_else(std::string_view name) {
  return fold_name(name) == fold_name(kNotes) || id_in(name) || parse_uuid(name);
}

}  // namespace

RowId row_of(const crypto::AccountId& account, std::uint64_t order) {
  return {{account.bytes.begin(), account.bytes.end()}, order};
}

RowId row_of(const crypto::AccountId& account, std::string_view name) {
  auto id = row_of(account);
  id.group.insert(id.group.end(), name.begin(), name.end());
  return id;
}

proto::pb::RelayAddress to_proto(const proto::RelayAddress& relay) {
  proto::pb::RelayAddress row;
  row.set_host(relay.host);
  row.set_port(relay.port);
  row.set_key(to_string(relay.key.bytes));
  return row;
}

std::optional<proto::RelayAddress> from_proto(const proto::pb::RelayAddress& relay) {
  const auto key = crypto::DhPublicKey::parse(crypto::as_bytes(relay.key()));
  const auto host = proto::normal_host(relay.host());
  if (!key || !host || relay.port() == 0 || relay.port() > UINT16_MAX) return std::nullopt;
  return proto::RelayAddress{*host, static_cast<std::uint16_t>(relay.port()), *key};
}

crypto::VerifyKey Contact::account_key() const {
  crypto::VerifyKey key{};
  std::ranges::copy(crypto::as_bytes(row.account_key()), key.bytes.begin());
  return key;
}

std::optional<crypto::AccountId> Contact::successor() const {
  return row.has_successor() ? std::optional{new_account_in(row.successor())} : std::nullopt;
}

crypto::AccountId new_account_in(const proto::pb::Successor& successor) {
  crypto::Decoder in{crypto::as_bytes(successor.statement())};
  (void)in.take(crypto::VerifyKey::kSize);
  return crypto::AccountId::of({in.take_array<crypto::VerifyKey::kSize>()});
}

proto::RelayAddress Contact::relay() const {
  return {row.relay().host(), static_cast<std::uint16_t>(row.relay().port()),
          crypto::DhPublicKey::parse(crypto::as_bytes(row.relay().key())).value()};
}

std::optional<crypto::Capability> Contact::write_key(const crypto::QueueId& queue) const {
  if (const auto secret = crypto::Capability::parse(crypto::as_bytes(row.write_secret()))) {
    return crypto::write_key(*secret, queue);
  }
  const auto secret = crypto::Capability::parse(crypto::as_bytes(row.link_secret()));
  return secret ? std::optional{crypto::write_key(*secret, queue)} : std::nullopt;
}

proto::pb::ContactEntry to_api(const Contact& contact) {
  proto::pb::ContactEntry entry;
  entry.set_name(contact.row.name());
  entry.set_account(to_string(contact.id.bytes));
  entry.set_trust(contact.row.trust());
  entry.set_state(contact.row.state());
  entry.set_devices(static_cast<std::uint32_t>(contact.row.devices_size()));
  entry.set_relay(proto::format_address(contact.relay()));
  entry.set_blocked(contact.row.blocked());
  entry.set_move(contact.row.move());
  entry.set_delivery_receipts(!contact.row.no_delivery_receipts());
  entry.set_read_receipts(!contact.row.no_read_receipts());
  entry.set_typing_notices(!contact.row.no_typing_notices());
  entry.set_profile_name(contact.row.profile().name());
  entry.set_profile_changed_ms(contact.row.profile().changed_ms());
  if (const auto successor = contact.successor()) entry.set_successor(to_string(successor->bytes));
  return entry;
}

// Two devices may have changed it at once: everybody then takes the larger.
bool Contact::learn_secret(const Step& step, const std::string& secret, std::uint64_t sequence) {
  if (secret.empty()) return false;
  if (sequence > most_secret_sequence(row.write_secret_sequence(), step.now_seconds())) {
    return false;
  }
  if (std::pair{sequence, secret} <= std::pair{row.write_secret_sequence(), row.write_secret()}) {
    return false;
  }
  row.set_write_secret(secret);
  row.set_write_secret_sequence(sequence);
  row.clear_knocked_ms();
  return true;
}

// A device of theirs may have told us of one that never was, before it was removed.
bool Contact::hear_secret(const Step& step, const proto::pb::Content& content) {
  const auto known = row.write_secret_sequence();
  const bool refused = row.knocked_ms() != 0 && content.write_secret() != row.write_secret();
  if (refused) row.clear_write_secret_sequence();
  if (learn_secret(step, content.write_secret(), content.write_secret_sequence())) return true;
  row.set_write_secret_sequence(known);
  return false;
}

void Contact::forget_secret() {
  row.clear_write_secret();
  row.clear_write_secret_sequence();
  row.clear_knocked_ms();
}

void Contact::forget_device(crypto::DeviceNumber number) {
  auto& devices = *row.mutable_devices();
  for (int i = devices.size() - 1; i >= 0; --i) {
    if (devices[i].number() == number) devices.DeleteSubrange(i, 1);
  }
}

proto::pb::ContactRow::OwnDevice& Contact::own_device(crypto::DeviceNumber number) {
  for (auto& device : *row.mutable_own_devices()) {
    if (device.number() == number) return device;
  }
  auto& device = *row.add_own_devices();
  device.set_number(number);
  return device;
}

void Contact::forget_own_device(crypto::DeviceNumber number) {
  auto& devices = *row.mutable_own_devices();
  const auto gone = [=](const auto& device) { return device.number() == number; };
  devices.erase(std::remove_if(devices.begin(), devices.end(), gone), devices.end());
}

void Contact::forget_devices() {
  row.clear_device_list();
  row.clear_list_sequence();
  row.clear_list_hash();
  row.clear_refresh_sequence();
  row.clear_refresh_device();
  row.clear_devices();
  row.clear_left_out();
}

void Contact::save(Step& step) const { step.put(RowKind::contact, row_of(id), row); }

void ContactBook::load(const RowSource& rows) {
  for (const auto& value : rows.all(RowKind::contact)) {
    auto row = parse_row<proto::pb::ContactRow>(value);
    Contact contact{.id = {}, .row = std::move(row)};
    contact.id = crypto::AccountId::of(contact.account_key());
    contacts_.emplace(contact.id, std::move(contact));
  }
}

Contact* ContactBook::find(const crypto::AccountId& account) {
  const auto found = contacts_.find(account);
  return found == contacts_.end() ? nullptr : &found->second;
}

Contact* ContactBook::find(std::string_view name) {
  if (const auto id = id_in(name)) {
    auto* contact = find(*id);
    return contact != nullptr && contact->is_hidden() ? nullptr : contact;
  }
  const auto uuid = parse_uuid(name);
  const auto by_uuid = std::ranges::find_if(contacts_, [&](const auto& entry) {
    return uuid && !entry.second.is_hidden() && uuid_of(entry.first.bytes) == *uuid;
  });
  if (by_uuid != contacts_.end()) return &by_uuid->second;
  const auto folded = fold_name(name);
  const auto found = std::ranges::find_if(contacts_, [&](const auto& entry) {
    return !entry.second.is_hidden() && fold_name(entry.second.row.name()) == folded;
  });
  return found == contacts_.end() ? nullptr : &found->second;
}

Contact* ContactBook::find_chat(std::string_view name) {
  const auto own =
      std::ranges::find_if(contacts_, [](const auto& entry) { return entry.second.is_own(); });
  if (own == contacts_.end()) return find(name);
  const auto uuid = parse_uuid(name);
  const bool is_own = fold_name(name) == fold_name(kNotes) || id_in(name) == own->first ||
                      (uuid && *uuid == uuid_of(own->first.bytes));
  return is_own ? &own->second : find(name);
}

std::string ContactBook::nearest(std::string_view name) const {
  const auto folded = fold_name(name);
  std::string best;
  auto best_edits = kNearestEdits + 1;
  for (const auto& [id, contact] : contacts_) {
    if (contact.is_hidden()) continue;
    const auto distance = edits_between(folded, fold_name(contact.row.name()));
    if (distance < best_edits && distance < contact.row.name().size()) {
      best_edits = distance;
      best = contact.row.name();
    }
  }
  return best;
}

std::string ContactBook::free_name(std::string_view wanted) {
  auto name = clean_name(wanted);
  if (name.empty()) name = "someone";
  const auto is_free = [this](std::string_view each) {
    return !means_something_else(each) && find(each) == nullptr;
  };
  if (is_free(name)) return name;
  for (std::size_t number = 2;; ++number) {
    const auto numbered = name + "-" + std::to_string(number);
    if (is_free(numbered)) return numbered;
  }
}

Contact& ContactBook::add(const crypto::VerifyKey& account_key, std::string_view wanted,
                          Step& step) {
  Contact contact{.id = crypto::AccountId::of(account_key), .row = {}};
  contact.row.set_account_key(to_string(account_key.bytes));
  contact.row.set_name(free_name(wanted));
  contact.row.set_trust(proto::pb::TRUST_UNVERIFIED);
  contact.row.set_added_ms(step.now_ms());
  return contacts_.emplace(contact.id, std::move(contact)).first->second;
}

Contact& ContactBook::add_own(const crypto::VerifyKey& account_key,
                              const proto::RelayAddress& relay, Step& step) {
  Contact contact{.id = crypto::AccountId::of(account_key), .row = {}};
  contact.row.set_account_key(to_string(account_key.bytes));
  contact.row.set_state(proto::pb::CONTACT_STATE_OWN);
  contact.row.set_trust(proto::pb::TRUST_VERIFIED);
  contact.row.set_greeted(true);
  *contact.row.mutable_relay() = to_proto(relay);
  contact.save(step);
  return contacts_.emplace(contact.id, std::move(contact)).first->second;
}

bool ContactBook::rename(Contact& contact, std::string_view wanted, Step& step) {
  const auto name = clean_name(wanted);
  if (name.empty() || means_something_else(name)) return false;
  const auto* holder = find(std::string_view{name});
  if (holder != nullptr && holder != &contact) return false;
  contact.row.set_name(name);
  contact.save(step);
  return true;
}

void ContactBook::remove(Contact& contact, Step& step) {
  contact.row.set_state(proto::pb::CONTACT_STATE_REMOVED);
  contact.row.set_trust(proto::pb::TRUST_UNVERIFIED);
  contact.row.set_removed_number(contact.row.last_number());
  contact.row.set_greeted(false);
  contact.row.clear_move();
  contact.row.clear_successor();
  contact.row.clear_refresh_sequence();
  contact.row.clear_refresh_device();
  contact.row.clear_device_news();
  contact.save(step);
}

void ContactBook::revive(Contact& contact, std::string_view wanted, proto::pb::ContactState state) {
  contact.row.set_name(free_name(wanted.empty() ? contact.row.name() : wanted));
  contact.row.set_state(state);
}

void ContactBook::hand_over_name(Contact& old, Contact& fresh) {
  const auto name = old.row.name();
  fresh.row.clear_name();  // it may have been in the way
  old.row.set_name(free_name(name + "-old"));
  fresh.row.set_name(name);
}

const Contact* ContactBook::predecessor(const crypto::AccountId& account) const {
  const auto found = std::ranges::find_if(contacts_, [&](const auto& entry) {
    const auto& contact = entry.second;
    return contact.may_have_moved() && !contact.is_stranger() && contact.successor() == account;
  });
  return found == contacts_.end() ? nullptr : &found->second;
}

std::size_t ContactBook::requests() const {
  return static_cast<std::size_t>(std::ranges::count_if(contacts_, [](const auto& entry) {
    const auto& contact = entry.second;
    return contact.is_request() && !contact.row.blocked();
  }));
}

}  // namespace bisik::client
