// Rows in memory: what a profile would have on its disk, for tests of the engine.
#pragma once

#include <map>

#include "client/row.hpp"

namespace bisik::client {

class MemoryRows final : public RowSource {
 public:
  // Applies the writes as one commit.
  void commit(const std::vector<RowWrite>& writes);

  [[nodiscard]] std::optional<crypto::SecretBuffer> get(RowKind, const RowId&) const override;
  [[nodiscard]] std::vector<crypto::SecretBuffer> all(RowKind) const override;
  [[nodiscard]] std::vector<StoredRow> range(RowKind, crypto::ByteView group, Range) const override;

  // Every row, byte for byte: to see that nothing has changed.
  [[nodiscard]] const std::map<std::pair<RowKind, RowId>, crypto::Bytes>& rows() const {
    return rows_;
  }

 private:
  std::map<std::pair<RowKind, RowId>, crypto::Bytes> rows_;
};

}  // namespace bisik::client
