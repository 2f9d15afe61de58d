#include "client/engine/unlisted.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

std::vector<proto::pb::UnlistedRow> rows_of(const State& state, const crypto::AccountId& account) {
  std::vector<proto::pb::UnlistedRow> rows;
  for (const auto& stored : state.rows.range(RowKind::unlisted, account.bytes, {})) {
    rows.push_back(parse_row<proto::pb::UnlistedRow>(stored.value));
  }
  return rows;
}

}  // namespace

void Unlisted::load() {
  for (const auto& value : state_.rows.all(RowKind::unlisted)) {
    const auto row = parse_row<proto::pb::UnlistedRow>(value);
    accounts_.insert(crypto::AccountId::parse(crypto::as_bytes(row.account())).value());
  }
}

void Unlisted::keep(Step& step, const OpenedCell& opened) {
  const auto kept = rows_of(state_, opened.peer.account);
  const auto strange = std::ranges::count_if(kept, [](const auto& row) { return !row.heard(); });
  if (static_cast<std::size_t>(strange) < kMaxUnlisted) put(step, opened, false);
}

bool Unlisted::keep_text(Step& step, const OpenedCell& opened) {
  const auto kept = rows_of(state_, opened.peer.account);
  const auto of_device = std::ranges::count_if(
      kept, [&](const auto& row) { return row.heard() && row.device() == opened.peer.device; });
  if (static_cast<std::size_t>(of_device) >= kMaxUnlisted) return false;
  put(step, opened, true);
  return true;
}

void Unlisted::put(Step& step, const OpenedCell& opened, bool heard) {
  const auto& [account, device] = opened.peer;
  proto::pb::UnlistedRow row;
  row.set_order(state_.next_inbox(step));
  row.set_account(to_string(account.bytes));
  row.set_device(device);
  row.set_content(to_string(opened.content));
  row.set_session(to_string(opened.session));
  row.set_heard(heard);
  step.put(RowKind::unlisted, row_of(account, row.order()), row);
  accounts_.insert(account);
}

std::vector<OpenedCell> Unlisted::take(Step& step, const crypto::AccountId& account,
                                       const OfDevice& wanted) {
  return take_if(step, account,
                 [&](const auto& row) { return !row.heard() && wanted(row.device()); });
}

std::vector<OpenedCell> Unlisted::take_texts(Step& step, const crypto::AccountId& account) {
  return take_if(step, account, [](const auto& row) { return row.heard(); });
}

template <class Wanted>
std::vector<OpenedCell> Unlisted::take_if(Step& step, const crypto::AccountId& account,
                                          Wanted wanted) {
  std::vector<OpenedCell> taken;
  if (!accounts_.contains(account)) return taken;
  bool others = false;
  for (const auto& row : rows_of(state_, account)) {
    if (!wanted(row)) {
      others = true;
      continue;
    }
    OpenedCell opened{.peer = {account, row.device()},
                      .account_key = {},
                      .starts_session = false,
                      .content = to_bytes(row.content()),
                      .session = {}};
    std::ranges::copy(crypto::as_bytes(row.session()), opened.session.begin());
    taken.push_back(std::move(opened));
    step.erase(RowKind::unlisted, row_of(account, row.order()));
  }
  if (!others) accounts_.erase(account);
  return taken;
}

}  // namespace bisik::client
