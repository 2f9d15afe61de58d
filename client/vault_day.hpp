// The keys of a day: they seal the rows of what opens messages that were on the wire, which is to
// be forgotten with them. Sessions hold ratchet keys; the key ring and the one-time keys hold the
// private halves that first messages were made for.
//
//     row of kind `day` = when the day began u64 || day key 32
//     row key of such a kind = HKDF(day key, label || kind)
//
// A day key is random. When its day is over another one takes its place in the transaction that
// seals those rows anew (client/vault). What the disk may still have of old rows, nobody opens any
// more, not even who has the key file or the passphrase.
#pragma once

#include <algorithm>
#include <chrono>

#include "client/vault_key.hpp"

namespace bisik::client {

using DayKey = crypto::Secret<struct VaultDayKeyTag, 32>;

inline constexpr std::array kDailyKinds{RowKind::key_ring, RowKind::one_time_key, RowKind::session};

[[nodiscard]] constexpr bool changes_daily(RowKind kind) {
  return std::ranges::find(kDailyKinds, kind) != kDailyKinds.end();
}

class DayKeys {
 public:
  explicit DayKeys(const DayKey& key);

  [[nodiscard]] const RowKey& row(RowKind kind) const;  // one of kDailyKinds

 private:
  std::array<RowKey, kDailyKinds.size()> rows_;
};

struct VaultDay {
  std::chrono::sys_seconds began;
  crypto::Locked<DayKeys> keys;

  // kVaultDay have passed, or the clock is behind that moment: it was wrong then, or is now.
  [[nodiscard]] bool is_over(std::chrono::sys_seconds now) const;
};

struct NewDay {
  VaultDay day;
  crypto::SecretBuffer row;
};
[[nodiscard]] NewDay begin_day(std::chrono::sys_seconds now);
[[nodiscard]] crypto::Result<VaultDay> read_day(const crypto::SecretBuffer& row);  // malformed

}  // namespace bisik::client
