#include "client/engine/seen.hpp"

#include <utility>

namespace bisik::client {

bool see(Step& step, const State& state, const crypto::AccountId& chat,
         const std::string& content_id) {
  const auto id = row_of(chat, content_id);
  if (step.has_put(RowKind::seen, id) || state.rows.get(RowKind::seen, id)) return false;
  proto::pb::SeenRow row;
  row.set_account(to_string(chat.bytes));
  row.set_content_id(content_id);
  row.set_received_ms(step.now_ms());
  step.put(RowKind::seen, id, row);
  return true;
}

bool is_kept(const State& state, const crypto::AccountId& chat, const proto::pb::Content& content) {
  constexpr std::size_t kPage = 16;
  auto end = std::uint64_t{UINT64_MAX};
  std::size_t limit = 1;  // the newest is often enough
  for (std::size_t looked = 0; looked < kMostLookedAt; looked += std::exchange(limit, kPage)) {
    const auto page = state.rows.range(RowKind::message, chat.bytes,
                                       {.end = end, .limit = limit, .newest_first = true});
    for (const auto& stored : page) {
      const auto row = parse_row<proto::pb::MessageRow>(stored.value);
      end = stored.order;
      if (row.ours()) continue;
      if (row.content_id() == content.id()) return true;
      if (row.timestamp_ms() < content.timestamp_ms()) return false;
    }
    if (page.size() < limit) return false;
  }
  return false;
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
