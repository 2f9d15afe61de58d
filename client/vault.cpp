#include "client/vault.hpp"

#include <array>
#include <cassert>

#include "client/problem.hpp"
#include "crypto/aead.hpp"

namespace bisik::client {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::SecretBuffer;

// The header is no row: kind 0, which is not sealed.
constexpr std::int64_t kHeaderKind = 0;
constexpr std::array<std::uint8_t, 1> kHeaderId{0};

std::int64_t number(RowKind kind) { return static_cast<std::int64_t>(kind); }

Bytes join(ByteView head, std::uint64_t order) {
  return std::move(crypto::Encoder{head.size() + sizeof order}.append(head).append_int(order))
      .bytes();
}

std::uint64_t order_of(ByteView id) {
  crypto::Decoder in{id.last(sizeof(std::uint64_t))};
  return in.take_int<std::uint64_t>();
}

Bytes associated(RowKind kind, ByteView id) {
  return std::move(
             crypto::Encoder{1 + id.size()}.append_int(static_cast<std::uint8_t>(kind)).append(id))
      .bytes();
}

Bytes seal(const RowKey& key, RowKind kind, ByteView id, const SecretBuffer& row) {
  return crypto::xchacha::seal_buffer(key, associated(kind, id), row);
}

[[noreturn]] void damaged(const std::string& what) {
  throw Problem{ExitCode::unexpected, "This profile is damaged (" + what +
                                          "); nothing was changed. Put a copy of its folder back."};
}

std::optional<VaultHeader> read_header(storage::ClientStore& store) {
  const auto bytes = store.get(kHeaderKind, kHeaderId);
  if (!bytes) return std::nullopt;
  const auto header = VaultHeader::decode(*bytes);
  if (!header) damaged("its head");
  return *header;
}

}  // namespace

// --- rows ----------------------------------------------------------------------------------------

Vault::Vault(std::unique_ptr<storage::ClientStore> store, crypto::Locked<VaultKeys> keys,
             VaultMethod method)
    : store_{std::move(store)}, keys_{std::move(keys)}, method_{method} {
  const auto row = get(RowKind::day, {});
  if (!row) return;
  auto day = read_day(*row);
  if (!day) damaged("the keys of its day");
  day_.emplace(std::move(*day));
}

crypto::Hash Vault::group_id(RowKind kind, ByteView group) const {
  const std::array head{static_cast<std::uint8_t>(kind)};
  return crypto::keyed_hash(keys_->row_id(), crypto::personal::kVaultRowId, head, group);
}

Vault::Id Vault::id_of(RowKind kind, const RowId& id) const {
  return join(group_id(kind, id.group), id.order);
}

const RowKey& Vault::row_key(RowKind kind) const {
  return day_ && changes_daily(kind) ? day_->keys->row(kind) : keys_->row(kind);
}

SecretBuffer Vault::open(RowKind kind, const Id& id, const Sealed& sealed) const {
  auto row = crypto::xchacha::open_buffer(row_key(kind), associated(kind, id), sealed);
  if (!row) damaged("a row was altered");
  return std::move(*row);
}

std::optional<SecretBuffer> Vault::get(RowKind kind, const RowId& row_id) const {
  const auto id = id_of(kind, row_id);
  if (const auto staged = staged_.find({kind, id}); staged != staged_.end()) {
    if (!staged->second) return std::nullopt;
    return open(kind, id, *staged->second);
  }
  const auto sealed = store_->get(number(kind), id);
  if (!sealed) return std::nullopt;
  return open(kind, id, *sealed);
}

// What the disk and the stage together say: at least scan.limit rows from the scan's beginning, if
// there are so many.
Vault::Run Vault::read(const storage::Scan& scan) const {
  const auto kind = static_cast<RowKind>(scan.kind);
  auto wider = scan;  // each staged row hides at most one of the disk's
  const auto room = INT64_MAX - scan.limit;
  wider.limit += std::min(room, static_cast<std::int64_t>(staged_.size()));
  Run run;
  for (auto& row : store_->scan(wider)) run.emplace(std::move(row.id), std::move(row.value));
  const Id first{scan.first.begin(), scan.first.end()};
  for (auto staged = staged_.lower_bound({kind, first});
       staged != staged_.end() && staged->first.first == kind; ++staged) {
    const auto& id = staged->first.second;
    if (scan.last && !std::ranges::lexicographical_compare(id, *scan.last)) break;
    if (staged->second) {
      run.insert_or_assign(id, *staged->second);
    } else {
      run.erase(id);
    }
  }
  return run;
}

std::vector<SecretBuffer> Vault::all(RowKind kind) const {
  std::vector<SecretBuffer> rows;
  for (const auto& [id, sealed] : read({.kind = number(kind)})) {
    rows.push_back(open(kind, id, sealed));
  }
  return rows;
}

std::vector<StoredRow> Vault::range(RowKind kind, ByteView group, Range range) const {
  const auto head = group_id(kind, group);
  const auto first = join(head, range.first);
  const auto last = join(head, range.end);
  const auto limit = std::min<std::uint64_t>(range.limit, INT64_MAX);
  const auto run = read({.kind = number(kind),
                         .first = first,
                         .last = last,
                         .limit = static_cast<std::int64_t>(limit),
                         .reverse = range.newest_first});
  std::vector<StoredRow> rows;
  const auto take = [&](const auto& row) {
    if (rows.size() < limit) {
      rows.push_back({order_of(row.first), open(kind, row.first, row.second)});
    }
  };
  if (range.newest_first) {
    std::for_each(run.rbegin(), run.rend(), take);
  } else {
    std::for_each(run.begin(), run.end(), take);
  }
  return rows;
}

void Vault::stage(const std::vector<RowWrite>& rows) {
  for (const auto& row : rows) {
    const auto id = id_of(row.kind, row.id);
    auto& staged = staged_[{row.kind, id}];
    staged.reset();
    if (row.value) staged = seal(row_key(row.kind), row.kind, id, *row.value);
  }
}

void Vault::commit() {
  const auto rows = std::exchange(staged_, {});
  if (rows.empty()) return;
  storage::WriteBatch batch;
  for (const auto& [key, sealed] : rows) {
    if (sealed) {
      batch.put(number(key.first), key.second, *sealed);
    } else {
      batch.erase(number(key.first), key.second);
    }
  }
  store_->commit(batch);
}

void Vault::change_day(std::chrono::sys_seconds now) {
  assert(staged_.empty());
  if (!day_ || day_->is_over(now)) {
    auto [day, day_row] = begin_day(now);
    storage::WriteBatch batch;
    const auto put = [&](const RowKey& key, RowKind kind, const Id& id, const SecretBuffer& row) {
      batch.put(number(kind), id, seal(key, kind, id, row));
    };
    put(keys_->row(RowKind::day), RowKind::day, id_of(RowKind::day, {}), day_row);
    for (const auto kind : kDailyKinds) {
      for (const auto& row : store_->scan({.kind = number(kind)})) {
        put(day.keys->row(kind), kind, row.id, open(kind, row.id, row.value));
      }
    }
    store_->replace_keys(batch);
    day_.emplace(std::move(day));
    log_holds_old_day_ = true;
  }
  store_->truncate_wal();
  log_holds_old_day_ = false;
}

// --- opening -------------------------------------------------------------------------------------

ClosedVault::ClosedVault(const Profile& profile)
    : ClosedVault{std::make_unique<storage::ClientStore>(profile.database().string())} {}

ClosedVault::ClosedVault(std::unique_ptr<storage::ClientStore> store)
    : store_{std::move(store)}, header_{read_header(*store_)} {
  if (!header_ && store_->count(kHeaderKind) + store_->count(number(RowKind::profile)) > 0) {
    damaged("its head is missing");
  }
}

std::optional<VaultMethod> ClosedVault::method() const {
  if (!header_) return std::nullopt;
  return header_->method;
}

std::unique_ptr<Vault> ClosedVault::open(const VaultSecret& secret) && {
  assert(header_);
  auto keys = open_vault_keys(*header_, secret);
  if (keys) return std::make_unique<Vault>(std::move(store_), std::move(*keys), header_->method);
  if (keys.error() != crypto::Errc::wrong_password) damaged("its head");
  if (header_->method == VaultMethod::passphrase) {
    throw Problem{ExitCode::user, "Wrong passphrase: try again."};
  }
  throw Problem{ExitCode::user,
                "The key file is not the one that this profile was made with: put that one back."};
}

std::unique_ptr<Vault> ClosedVault::create(const VaultSecret& secret, std::chrono::sys_seconds now,
                                           crypto::PasswordCost cost) && {
  assert(!header_);
  auto made = create_vault_keys(secret, cost);
  store_->put(kHeaderKind, kHeaderId, made.header.encode());
  auto vault = std::make_unique<Vault>(std::move(store_), std::move(made.keys), secret.method);
  vault->change_day(now);
  return vault;
}

}  // namespace bisik::client
