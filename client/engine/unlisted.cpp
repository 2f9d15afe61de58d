#include "client/engine/unlisted.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

RowId unlisted_id(const crypto::AccountId& account, std::uint64_t order) {
  return {{account.bytes.begin(), account.bytes.end()}, order};
}

}  // namespace

void Unlisted::load() {
  for (const auto& value : state_.rows.all(RowKind::unlisted)) {
    const auto row = parse_row<proto::pb::UnlistedRow>(value);
    accounts_.insert(crypto::AccountId::parse(crypto::as_bytes(row.account())).value());
  }
}

void Unlisted::keep(Step& step, const OpenedCell& opened) {
  const auto& [account, device] = opened.peer;
  const auto kept = state_.rows.range(RowKind::unlisted, account.bytes, {.limit = kMaxUnlisted});
  if (kept.size() == kMaxUnlisted) return;
  proto::pb::UnlistedRow row;
  row.set_order(state_.next_inbox(step));
  row.set_account(to_string(account.bytes));
  row.set_device(device);
  row.set_content(to_string(opened.content));
  row.set_session(to_string(opened.session));
  step.put(RowKind::unlisted, unlisted_id(account, row.order()), row);
  accounts_.insert(account);
}

std::vector<OpenedCell> Unlisted::take(Step& step, const crypto::AccountId& account) {
  std::vector<OpenedCell> taken;
  if (accounts_.erase(account) == 0) return taken;
  for (const auto& stored : state_.rows.range(RowKind::unlisted, account.bytes, {})) {
    const auto row = parse_row<proto::pb::UnlistedRow>(stored.value);
    OpenedCell opened{.peer = {account, row.device()},
                      .account_key = {},
                      .starts_session = false,
                      .content = to_bytes(row.content()),
                      .session = {}};
    std::ranges::copy(crypto::as_bytes(row.session()), opened.session.begin());
    taken.push_back(std::move(opened));
    step.erase(RowKind::unlisted, unlisted_id(account, stored.order));
  }
  return taken;
}

}  // namespace bisik::client
