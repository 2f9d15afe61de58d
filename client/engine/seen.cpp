#include "client/engine/seen.hpp"

#include <utility>

namespace bisik::client {
namespace {

// The kMostLookedAt newest of a chat, from the newest on, until `each` says false.
template <class Each>
void each_newest(const State& state, const crypto::AccountId& chat, Each each) {
  constexpr std::size_t kPage = 16;
  auto end = std::uint64_t{UINT64_MAX};
  std::size_t limit = 1;  // the newest is often enough
  for (std::size_t looked = 0; looked < kMostLookedAt; looked += std::exchange(limit, kPage)) {
    const auto page = state.rows.range(RowKind::message, chat.bytes,
                                       {.end = end, .limit = limit, .newest_first = true});
    for (const auto& stored : page) {
      end = stored.order;
      if (!each(parse_row<proto::pb::MessageRow>(stored.value))) return;
    }
    if (page.size() < limit) return;
  }
}

}  // namespace

bool see(Step& step, const State& state, const crypto::AccountId& chat,
         const std::string& content_id, std::uint64_t number) {
  const auto id = row_of(chat, content_id);
  if (step.has_put(RowKind::seen, id) || state.rows.get(RowKind::seen, id)) return false;
  proto::pb::SeenRow row;
  row.set_account(to_string(chat.bytes));
  row.set_content_id(content_id);
  row.set_received_ms(step.now_ms());
  row.set_number(number);
  step.put(RowKind::seen, id, row);
  return true;
}

std::uint64_t number_seen(const State& state, const crypto::AccountId& chat,
                          const std::string& content_id) {
  const auto seen = state.rows.get(RowKind::seen, row_of(chat, content_id));
  if (!seen) return 0;
  const auto number = parse_row<proto::pb::SeenRow>(*seen).number();
  const auto row = state.message(chat, number);
  return row && row->content_id() == content_id ? number : 0;
}

std::optional<proto::pb::MessageRow> find_seen(const Step& step, const State& state,
                                               const crypto::AccountId& chat,
                                               const std::string& content_id) {
  const auto seen =
      latest<proto::pb::SeenRow>(step, state.rows, RowKind::seen, row_of(chat, content_id));
  if (!seen) return std::nullopt;
  auto message = latest<proto::pb::MessageRow>(step, state.rows, RowKind::message,
                                               message_id(chat, seen->number()));
  if (message && message->content_id() != content_id) message.reset();
  return message;
}

bool is_kept(const Step& step, const State& state, const crypto::AccountId& chat,
             const proto::pb::Content& content) {
  constexpr milliseconds kRemembered = kSeenLifetime - kMostClockError;
  const auto made_ms = content.timestamp_ms();
  const bool is_old = made_ms <= step.now_ms() && step.has_passed(made_ms, kRemembered);
  bool kept = false;
  each_newest(state, chat, [&](const proto::pb::MessageRow& row) {
    if (row.ours()) return true;
    kept = row.content_id() == content.id();
    return !kept && (is_old || row.timestamp_ms() >= made_ms);
  });
  return kept;
}

std::optional<proto::pb::MessageRow> find_by_id(const Step& step, const State& state,
                                                const crypto::AccountId& chat,
                                                const std::string& content_id) {
  auto found = find_seen(step, state, chat, content_id);
  if (found) return found;
  std::uint64_t number = 0;
  each_newest(state, chat, [&](const proto::pb::MessageRow& row) {
    if (row.content_id() == content_id) number = row.number();
    return number == 0;
  });
  if (number == 0) return std::nullopt;
  return latest<proto::pb::MessageRow>(step, state.rows, RowKind::message,
                                       message_id(chat, number));
}

std::optional<proto::pb::MessageRow> find_by_timestamp(const State& state,
                                                       const crypto::AccountId& chat, bool ours,
                                                       std::uint64_t timestamp_ms) {
  std::optional<proto::pb::MessageRow> found;
  each_newest(state, chat, [&](const proto::pb::MessageRow& row) {
    if (row.ours() == ours && row.timestamp_ms() == timestamp_ms) found = row;
    return !found;
  });
  return found;
}

void forget_seen(Step& step, const State& state) {
  constexpr auto kLifetime = static_cast<std::uint64_t>(milliseconds{kSeenLifetime}.count());
  for (const auto& value : state.rows.all(RowKind::seen)) {
    const auto row = parse_row<proto::pb::SeenRow>(value);
    if (row.received_ms() + kLifetime > step.now_ms()) continue;
    const auto account = crypto::AccountId::parse(crypto::as_bytes(row.account())).value();
    step.erase(RowKind::seen, row_of(account, row.content_id()));
  }
}

}  // namespace bisik::client
