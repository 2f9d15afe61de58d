#include "tests/client/engine/memory_rows.hpp"

#include <algorithm>

namespace bisik::client {
namespace {

crypto::SecretBuffer as_value(const crypto::Bytes& bytes) {
  crypto::SecretBuffer value;
  value.append(bytes);
  return value;
}

}  // namespace

void MemoryRows::commit(const std::vector<RowWrite>& writes) {
  for (const auto& write : writes) {
    const std::pair key{write.kind, write.id};
    if (!write.value) {
      rows_.erase(key);
      continue;
    }
    const auto bytes = write.value->expose();
    rows_[key] = {bytes.begin(), bytes.end()};
  }
}

std::optional<crypto::SecretBuffer> MemoryRows::get(RowKind kind, const RowId& id) const {
  const auto found = rows_.find({kind, id});
  if (found == rows_.end()) return std::nullopt;
  return as_value(found->second);
}

std::vector<crypto::SecretBuffer> MemoryRows::all(RowKind kind) const {
  std::vector<crypto::SecretBuffer> values;
  for (const auto& [key, bytes] : rows_) {
    if (key.first == kind) values.push_back(as_value(bytes));
  }
  return values;
}

std::vector<StoredRow> MemoryRows::range(RowKind kind, crypto::ByteView group, Range range) const {
  std::vector<StoredRow> found;
  for (const auto& [key, bytes] : rows_) {
    const auto& id = key.second;
    if (key.first != kind || !std::ranges::equal(id.group, group)) continue;
    if (id.order < range.first || id.order >= range.end) continue;
    found.push_back({id.order, as_value(bytes)});
  }
  if (range.newest_first) std::ranges::reverse(found);
  if (found.size() > range.limit)
    found.erase(found.begin() + static_cast<std::ptrdiff_t>(range.limit), found.end());
  return found;
}

}  // namespace bisik::client
