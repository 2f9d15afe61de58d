#include "client/engine/state.hpp"

#include <algorithm>
#include <charconv>

#include "client/engine/private_host.hpp"

namespace bisik::client {
namespace {

// Of a statement that was verified before it was kept: seconds since 1970.
std::uint64_t date_of(const proto::pb::Successor& successor) {
  crypto::Decoder in{crypto::as_bytes(successor.statement())};
  (void)in.take(2 * crypto::VerifyKey::kSize);
  return in.take_int<std::uint64_t>();
}

}  // namespace

State::State(const RowSource& source) : rows{source} {
  // Of each there is at most one. Asked for by its id, one whose id was altered would not be there;
  // so it is found to be damaged.
  for (const auto& row : rows.all(RowKind::profile)) identity = Identity::read(row);
  key_ring.load(rows);
  contacts.load(rows);
  sessions.load(rows);
  for (const auto& row : rows.all(RowKind::counters)) {
    counters_ = parse_row<proto::pb::CountersRow>(row);
  }
  for (const auto& row : rows.all(RowKind::own_profile)) {
    profile = parse_row<proto::pb::Profile>(row);
  }
  for (const auto& row : rows.all(RowKind::successor)) {
    const auto told = parse_row<proto::pb::Successor>(row);
    successor = Successor{told, date_of(told)};
  }
}

bool State::learn_profile(Step& step, const proto::pb::Profile& said) {
  if (profile && said.changed_ms() <= profile->changed_ms()) return false;
  profile = said;
  step.put(RowKind::own_profile, {}, said);
  identity->name = said.name();
  identity->save(step);
  return true;
}

void State::succeed(Step& step, const proto::pb::Successor& told) {
  successor = Successor{told, date_of(told)};
  step.put(RowKind::successor, {}, told);
}

bool State::owes_successor(const Contact& contact) const {
  return successor && contact.row.state() == proto::pb::CONTACT_STATE_ACCEPTED &&
         !contact.has_moved() && contact.row.successor_told() < successor->date;
}

void State::list_published(Step& step, crypto::ByteView bytes) {
  // Told before, when somebody else asked for the same.
  if (bytes.empty() || !std::ranges::equal(bytes, identity->next_device_list)) return;
  const auto before = identity->list();
  identity->list_published(step);
  const auto after = identity->list();
  auto* own = contacts.find(identity->id());
  const bool grows = std::ranges::any_of(
      after.records(), [&](const auto& record) { return before.find(record.number()) == nullptr; });
  if (own != nullptr && grows) {
    own->row.set_devices_since(after.sequence());
    own->save(step);
  }
  for (const auto& record : before.records()) {
    if (after.find(record.number()) != nullptr) continue;
    sessions.forget(step, crypto::DeviceAddress{identity->id(), record.number()});
    if (!identity->next_write_secret) {
      identity->next_write_secret = crypto::Capability::random();
      identity->save(step);
    }
    if (own == nullptr) continue;
    own->forget_device(record.number());
    own->save(step);
  }
}

void State::replace_secret(Step& step) {
  if (!identity->next_write_secret) identity->next_write_secret = crypto::Capability::random();
  identity->next_secret_from_clock = true;
  identity->save(step);
}

// A number that counts on from the clock (docs/protocol.md 9.4).
std::uint64_t State::secret_sequence_after(const Step& step, std::uint64_t known) {
  const auto now = step.now_seconds().time_since_epoch().count();
  return std::max(known, static_cast<std::uint64_t>(std::max(now, decltype(now){1})));
}

bool State::is_gone() const {
  const auto own = identity ? contacts.all().find(identity->id()) : contacts.all().end();
  return own != contacts.all().end() && own->second.row.gone();
}

bool State::may_be_private(const proto::RelayAddress& relay) const {
  // Without an account there is nobody but the person who could have named it.
  if (!identity || relay == identity->relay || is_private_host(identity->relay.host)) return true;
  return std::ranges::any_of(contacts.all(), [&](const auto& entry) {
    const auto& row = entry.second.row;
    return row.has_relay() && !row.relay_is_said() && entry.second.relay() == relay;
  });
}

bool State::tells_new_devices(const proto::pb::ListState& known) const {
  if (!identity->primary) return false;
  const auto own = contacts.all().find(identity->id());
  // The relay may have the next one already, and we not its answer.
  if (identity->list_grows()) return known.sequence() <= identity->list_sequence;
  if (own == contacts.all().end()) return false;
  return known.lacks_keys() || known.sequence() < own->second.row.devices_since();
}

bool State::is_ready(const Contact& contact) const {
  return !contact.row.devices().empty() && contact.row.refresh_sequence() == 0 &&
         !lacks_session(contact);
}

bool State::lacks_session(const Contact& contact) const {
  return std::ranges::any_of(contact.row.devices(), [&](const auto& device) {
    return !sessions.can_send({contact.id, device.number()});
  });
}

std::uint64_t State::next_inbox(Step& step) {
  counters_.set_inbox(counters_.inbox() + 1);
  step.put(RowKind::counters, {}, counters_);
  return counters_.inbox();
}

std::uint64_t State::next_outbox(Step& step) {
  counters_.set_outbox(counters_.outbox() + 1);
  step.put(RowKind::counters, {}, counters_);
  return counters_.outbox();
}

std::uint64_t State::next_timestamp(const Step& step, std::uint64_t before) {
  counters_.set_timestamp_ms(std::max({step.now_ms(), counters_.timestamp_ms() + 1, before + 1}));
  return counters_.timestamp_ms();
}

std::optional<proto::pb::MessageRow> State::message(const crypto::AccountId& account,
                                                    std::uint64_t number) const {
  const auto row = rows.get(RowKind::message, message_id(account, number));
  if (!row) return std::nullopt;
  return parse_row<proto::pb::MessageRow>(*row);
}

void State::clear(Step& step) {
  for (const auto& entry : contacts.all()) {
    const auto& account = entry.first;
    each_row(rows, RowKind::message, account.bytes, 0, [&](const StoredRow& stored) {
      const auto row = parse_row<proto::pb::MessageRow>(stored.value);
      step.erase(RowKind::seen, row_of(account, row.content_id()));
      step.erase(RowKind::message, message_id(account, row.number()));
      return true;
    });
    step.erase(RowKind::contact, row_of(account));
  }
  contacts = {};
  for (const auto& value : rows.all(RowKind::link)) {
    step.erase(RowKind::link, link_id(parse_row<proto::pb::LinkRow>(value).token()));
  }
  if (!identity) return;
  lines.at({LinePurpose::own, identity->relay}).hang_up(step);
  step.erase(RowKind::profile, {});
  identity.reset();
  key_ring.discard(step);
}

void State::save(Step& step, const proto::pb::MessageRow& row) const {
  const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
  step.put(RowKind::message, message_id(account, row.number()), row);
}

void each_row(const RowSource& rows, RowKind kind, crypto::ByteView group, std::uint64_t first,
              const std::function<bool(const StoredRow&)>& each) {
  for (bool more = true; more;) {
    const auto page = rows.range(kind, group, {.first = first, .limit = kPageRows});
    more = page.size() == kPageRows;
    for (const auto& stored : page) {
      first = stored.order + 1;
      if (!each(stored)) return;
    }
  }
}

std::string display_id(const Contact& contact, std::uint64_t number) {
  return contact.chat_name() + "/" + std::to_string(number);
}

std::optional<proto::pb::MessageRow> find_message(State& state, std::string_view id) {
  const auto slash = id.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto* contact = state.contacts.find_chat(id.substr(0, slash));
  std::uint64_t number = 0;
  const auto digits = id.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (contact == nullptr || error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return state.message(contact->id, number);
}

}  // namespace bisik::client
