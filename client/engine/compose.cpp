#include "client/engine/compose.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "crypto/random.hpp"
#include "proto/frame.hpp"

namespace bisik::client {
namespace {

void for_each_idempotency(
    const State& state, const std::function<void(const RowId&, proto::pb::IdempotencyRow&)>& use) {
  for (const auto& value : state.rows.all(RowKind::idempotency)) {
    auto row = parse_row<proto::pb::IdempotencyRow>(value);
    const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
    use(row_of(account, row.key()), row);
  }
}

// Theirs are the keys that go on serving: what is planned, or full mailboxes have held up for
// longer, would be doubled by who repeats it.
std::set<std::pair<std::string, std::uint64_t>> waiting_messages(const State& state) {
  std::set<std::pair<std::string, std::uint64_t>> waiting;
  for (const auto& value : state.rows.all(RowKind::outbox)) {
    const auto row = parse_row<proto::pb::OutboxRow>(value);
    if (row.number() != 0 && !row.again()) waiting.emplace(row.account(), row.number());
  }
  return waiting;
}

// Somebody who has answered may have a device that has not heard of us.
bool owes_introduction(const State& state, const Contact& contact) {
  return contact.row.state() == proto::pb::CONTACT_STATE_INVITED ||
         !std::ranges::all_of(contact.row.devices(), [&](const auto& device) {
           return state.sessions.confirmed({contact.id, device.number()});
         });
}

}  // namespace

proto::pb::Content begin_content(Step& step, State& state, const Contact& contact) {
  const auto& identity = *state.identity;
  proto::pb::Content content;
  content.set_id(to_string(crypto::random_array<16>()));
  content.set_timestamp_ms(state.next_timestamp(step));
  content.mutable_sender_list()->set_sequence(identity.list_sequence);
  content.mutable_sender_list()->set_hash(to_string(identity.list_hash()));
  content.mutable_receiver_list()->set_sequence(contact.row.list_sequence());
  content.mutable_receiver_list()->set_hash(contact.row.list_hash());
  auto& written_for =
      contact.is_own() ? *content.mutable_sender_list() : *content.mutable_receiver_list();
  written_for.set_lacks_keys(contact.row.lacks_keys());
  content.set_write_secret(to_string(identity.write_secret.bytes()));
  content.set_write_secret_sequence(identity.write_secret_sequence);
  if (state.profile) *content.mutable_profile() = *state.profile;
  return content;
}

crypto::Bytes compose(Step& step, State& state, const Contact& contact,
                      const proto::pb::MessageRow& row, const proto::pb::Content& said) {
  const auto& identity = *state.identity;
  auto content = begin_content(step, state, contact);
  if (!row.content_id().empty()) content.set_id(row.content_id());
  if (row.number() != 0) content.set_timestamp_ms(row.timestamp_ms());

  if (owes_introduction(state, contact)) {
    auto& introduction = *content.mutable_introduction();
    *introduction.mutable_relay() = to_proto(identity.relay);
    introduction.set_name(identity.name);
    introduction.set_token(contact.row.link_token());
  }
  if (contact.row.has_repair()) *content.mutable_repair() = contact.row.repair();
  if (state.owes_successor(contact)) *content.mutable_successor() = state.successor->told;
  if (row.number() != 0 && !row.deleted()) {
    content.mutable_text()->set_body(row.text());
    if (row.has_about()) *content.mutable_text()->mutable_about() = row.about();
  } else if (said.body_case() != proto::pb::Content::BODY_NOT_SET) {
    content.MergeFrom(said);
  } else {
    content.mutable_hello();
  }
  return proto::encode(content);
}

void remember_idempotency(Step& step, const Contact& contact, const proto::pb::MessageRow& row) {
  proto::pb::IdempotencyRow remembered;
  remembered.set_account(to_string(contact.id.bytes));
  remembered.set_key(row.idempotency_key());
  remembered.set_number(row.number());
  remembered.set_made_ms(step.now_ms());
  step.put(RowKind::idempotency, row_of(contact.id, row.idempotency_key()), remembered);
}

// Whoever looks has a clock that the relay's agrees with, but it may have been a year off when the
// row was made. So a row that looks old has another week from then on.
void forget_idempotency(Step& step, const State& state) {
  constexpr auto kLifetime = static_cast<std::uint64_t>(milliseconds{kIdempotencyLifetime}.count());
  const auto waiting = waiting_messages(state);
  for_each_idempotency(state, [&](const RowId& id, proto::pb::IdempotencyRow& row) {
    if (row.made_ms() + kLifetime > step.now_ms()) return;
    if (waiting.contains({row.account(), row.number()})) return;
    if (row.seen_old()) return step.erase(RowKind::idempotency, id);
    row.set_seen_old(true);
    row.set_made_ms(step.now_ms());
    step.put(RowKind::idempotency, id, row);
  });
}

void forget_idempotency(Step& step, const State& state, const crypto::AccountId& account) {
  for_each_idempotency(state, [&](const RowId& id, const proto::pb::IdempotencyRow& row) {
    if (row.account() == crypto::as_text(account.bytes)) step.erase(RowKind::idempotency, id);
  });
}

std::optional<std::uint64_t> find_idempotency(const State& state, const Contact& contact,
                                              const std::string& key) {
  const auto row = state.rows.get(RowKind::idempotency, row_of(contact.id, key));
  if (!row) return std::nullopt;
  return parse_row<proto::pb::IdempotencyRow>(*row).number();
}

}  // namespace bisik::client
