#include "client/engine/opened_cells.hpp"

#include "crypto/hash.hpp"

namespace bisik::client {
namespace {

// Nobody gains from a collision: whoever could make one may send the first cell twice.
constexpr std::size_t kCellHashBytes = 16;

crypto::Bytes hash_of(crypto::ByteView cell) {
  const auto hash = crypto::sha256(cell);
  return {hash.begin(), hash.begin() + kCellHashBytes};
}

}  // namespace

void OpenedCells::remember(Step& step, crypto::ByteView cell) {
  auto hash = hash_of(cell);
  proto::pb::OpenedRow row;
  row.set_hash(to_string(hash));
  row.set_received_ms(step.now_ms());
  step.put(RowKind::opened, {std::move(hash), 0}, row);
}

bool OpenedCells::contains(crypto::ByteView cell) const {
  return state_.rows.get(RowKind::opened, {hash_of(cell), 0}).has_value();
}

void OpenedCells::forget_old(Step& step) const {
  constexpr auto kLifetime = static_cast<std::uint64_t>(milliseconds{kSeenLifetime}.count());
  for (const auto& value : state_.rows.all(RowKind::opened)) {
    const auto row = parse_row<proto::pb::OpenedRow>(value);
    if (row.received_ms() + kLifetime > step.now_ms()) continue;
    step.erase(RowKind::opened, {to_bytes(row.hash()), 0});
  }
}

}  // namespace bisik::client
