#include "client/vault_day.hpp"

#include <cassert>

#include "client/limits.hpp"
#include "storage/client_store.hpp"

namespace bisik::client {
namespace {

template <std::size_t... kIndex>
std::array<RowKey, sizeof...(kIndex)> row_keys(const DayKey& key, std::index_sequence<kIndex...>) {
  return {derive_row_key(key, static_cast<std::uint8_t>(kDailyKinds[kIndex]))...};
}

// They leave nothing behind when they are replaced; nor does the key itself.
constexpr bool is_in_keys(RowKind kind) {
  return storage::is_key_kind(static_cast<std::int64_t>(kind));
}
static_assert(std::ranges::all_of(kDailyKinds, is_in_keys) && is_in_keys(RowKind::day) &&
              storage::kKeyKinds.size() == kDailyKinds.size() + 1);

}  // namespace

DayKeys::DayKeys(const DayKey& key)
    : rows_{row_keys(key, std::make_index_sequence<kDailyKinds.size()>{})} {}

const RowKey& DayKeys::row(RowKind kind) const {
  const auto* found = std::ranges::find(kDailyKinds, kind);
  assert(found != kDailyKinds.end());
  return rows_[static_cast<std::size_t>(found - kDailyKinds.begin())];
}

bool VaultDay::is_over(std::chrono::sys_seconds now) const {
  return now < began || now - began >= kVaultDay;
}

NewDay begin_day(std::chrono::sys_seconds now) {
  const auto key = crypto::Locked<DayKey>::built_by([] { return DayKey::random(); });
  crypto::SecretBuffer row;
  row.append_time(now).append(*key);
  return {{now, crypto::Locked<DayKeys>::built_by([&] { return DayKeys{*key}; })}, std::move(row)};
}

crypto::Result<VaultDay> read_day(const crypto::SecretBuffer& row) {
  crypto::SecretReader in{row};
  const auto began = in.take_time();
  const auto key = crypto::Locked<DayKey>::built_by([&] { return in.take_secret<DayKey>(); });
  if (!in.finish()) return crypto::Errc::malformed;
  return VaultDay{began, crypto::Locked<DayKeys>::built_by([&] { return DayKeys{*key}; })};
}

}  // namespace bisik::client
