#include "client/engine/set_aside.hpp"

namespace bisik::client {

void SetAside::keep(Step& step, const proto::pb::Cell& cell) const {
  const auto others = state_.rows.range(RowKind::set_aside, {}, {});
  if (others.size() >= kMaxSetAside) erase(step, others.front().order);
  proto::pb::SetAsideRow row;
  row.set_order(others.empty() ? 1 : others.back().order + 1);
  row.set_cell(cell.cell());
  row.set_envelope_id(cell.envelope_id());
  row.set_received_ms(step.now_ms());
  step.put(RowKind::set_aside, {{}, row.order()}, row);
}

std::optional<proto::pb::SetAsideRow> SetAside::from(std::uint64_t order) const {
  const auto rows = state_.rows.range(RowKind::set_aside, {}, {.first = order, .limit = 1});
  if (rows.empty()) return std::nullopt;
  return parse_row<proto::pb::SetAsideRow>(rows.front().value);
}

void SetAside::erase(Step& step, std::uint64_t order) {
  step.erase(RowKind::set_aside, {{}, order});
}

std::size_t SetAside::count() const { return state_.rows.range(RowKind::set_aside, {}, {}).size(); }

void SetAside::forget_old(Step& step) const {
  constexpr auto kLifetime = static_cast<std::uint64_t>(milliseconds{kSetAsideLifetime}.count());
  for (const auto& stored : state_.rows.range(RowKind::set_aside, {}, {})) {
    const auto row = parse_row<proto::pb::SetAsideRow>(stored.value);
    if (row.received_ms() + kLifetime <= step.now_ms()) erase(step, stored.order);
  }
}

}  // namespace bisik::client
