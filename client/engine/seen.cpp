#include "client/engine/seen.hpp"

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
