// A vault of a test and its rows in clear text: a small language for the tests of client/vault.
#pragma once

#include <map>
#include <string>

#include "client/vault.hpp"

namespace bisik::client {

constexpr std::chrono::sys_seconds kToday{std::chrono::hours{20'000 * 24}};
constexpr std::chrono::sys_seconds kTomorrow{kToday + std::chrono::days{1}};

[[nodiscard]] inline VaultSecret key_file_of(std::uint8_t byte) {
  crypto::ByteArray<kKeyFileBytes> bytes;
  bytes.fill(byte);
  VaultSecret secret{VaultMethod::key_file, {}};
  secret.bytes.append(bytes);
  return secret;
}

// An empty value erases.
inline void put(Vault& vault, RowKind kind, std::uint64_t order, std::string_view value) {
  std::vector<RowWrite> rows;
  rows.push_back({kind, {{}, order}, {}});
  if (!value.empty()) rows[0].value.emplace().append(crypto::as_bytes(value));
  vault.stage(rows);
}

using OpenRows = std::map<std::pair<RowKind, std::uint64_t>, std::string>;

[[nodiscard]] inline OpenRows rows_of(const Vault& vault, std::initializer_list<RowKind> kinds) {
  OpenRows rows;
  for (const auto kind : kinds) {
    for (const auto& row : vault.range(kind, {}, {})) {
      rows[{kind, row.order}] = crypto::as_text(row.value.expose());
    }
  }
  return rows;
}

}  // namespace bisik::client
