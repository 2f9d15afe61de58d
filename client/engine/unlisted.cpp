#include "client/engine/unlisted.hpp"

namespace bisik::client {

void Unlisted::load() {
  for (const auto& value : state_.rows.all(RowKind::unlisted)) {
    const auto row = parse_row<proto::pb::UnlistedRow>(value);
    accounts_.insert(crypto::AccountId::parse(crypto::as_bytes(row.account())).value());
  }
}

void Unlisted::keep(Step& step, const crypto::DeviceAddress& from, crypto::ByteView content) {
  if (state_.rows.range(RowKind::unlisted, from.account.bytes, {.limit = kMaxUnlisted}).size() ==
      kMaxUnlisted) {
    return;
  }
  proto::pb::UnlistedRow row;
  row.set_order(state_.next_inbox(step));
  row.set_account(to_string(from.account.bytes));
  row.set_device(from.device);
  accounts_.insert(from.account);
  row.set_content(to_string(content));
  step.put(RowKind::unlisted, {{from.account.bytes.begin(), from.account.bytes.end()}, row.order()},
           row);
}

std::vector<Unlisted::Kept> Unlisted::take(Step& step, const crypto::AccountId& account) {
  std::vector<Kept> taken;
  if (accounts_.erase(account) == 0) return taken;
  for (const auto& stored : state_.rows.range(RowKind::unlisted, account.bytes, {})) {
    const auto row = parse_row<proto::pb::UnlistedRow>(stored.value);
    taken.push_back({row.device(), to_bytes(row.content())});
    step.erase(RowKind::unlisted, {{account.bytes.begin(), account.bytes.end()}, stored.order});
  }
  return taken;
}

}  // namespace bisik::client
