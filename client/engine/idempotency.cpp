#include "client/engine/idempotency.hpp"

#include <functional>
#include <set>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

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

crypto::Encoder& append_sized(crypto::Encoder& encoder, std::string_view part) {
  encoder.append_int(static_cast<std::uint32_t>(part.size()));
  return encoder.append(crypto::as_bytes(part));
}

}  // namespace

// A message is named by its number alone: its contact may be called otherwise by now.
std::string hash_of_request(const proto::pb::SendCommand& request) {
  const auto& about = request.about();
  const auto number = std::string_view{about.id()}.substr(about.id().rfind('/') + 1);
  crypto::Encoder encoder{request.text().size() + 128};
  append_sized(encoder, request.text());
  encoder.append_int(static_cast<std::uint32_t>(about.kind()));
  append_sized(encoder, number);
  encoder.append_int(static_cast<std::uint8_t>(about.ours()));
  encoder.append_int(std::uint64_t{about.timestamp_ms()});
  append_sized(encoder, about.emoji());
  encoder.append_int(static_cast<std::uint8_t>(about.withdrawn()));
  return to_string(crypto::blake2b(encoder.bytes()));
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
