#include "client/engine/one_time_pool.hpp"

#include <stdexcept>

#include "client/engine/limits.hpp"

namespace bisik::client {
namespace {

constexpr auto kRetentionMs =
    static_cast<std::uint64_t>(milliseconds{crypto::kPrekeyRetention}.count());

// On disk.
enum class OneTimeKind : std::uint8_t { classical = 0, post_quantum = 1 };

template <class Key>
constexpr OneTimeKind kKindOf = OneTimeKind::classical;
template <>
constexpr OneTimeKind kKindOf<crypto::PqOneTimeKey> = OneTimeKind::post_quantum;

template <class Key>
constexpr std::size_t kKeyBytes = sizeof(crypto::PrekeyId) + crypto::DhSecretKey::kSize;
template <>
constexpr std::size_t kKeyBytes<crypto::PqOneTimeKey> =
    sizeof(crypto::PrekeyId) + crypto::KemSeed::kSize;

[[noreturn]] void damaged() { throw std::runtime_error{"a prekey of the profile does not decode"}; }

RowId one_time_row_id(crypto::PrekeyId id) {
  const auto bytes = crypto::big_endian(id);
  return {{bytes.begin(), bytes.end()}, 0};
}

template <class Key>
Key read_key(const crypto::SecretBuffer& kept) {
  crypto::SecretReader in{kept};
  auto key = Key::read(in);
  if (!key) damaged();
  return std::move(*key);
}

}  // namespace

template <class Key>
void OneTimePool<Key>::put(crypto::PrekeyId id, const Kept& kept, Step& step) {
  crypto::SecretBuffer row;
  row.append_int(static_cast<std::uint8_t>(kKindOf<Key>));
  row.append_int(kept.order).append_int(kept.gone_ms);
  row.append(crypto::SecretReader{kept.key}.take(kept.key.size()));
  step.put(RowKind::one_time_key, one_time_row_id(id), std::move(row));
}

template <class Key>
std::uint64_t OneTimePool<Key>::last_order() const {
  auto last = sent_up_to_;
  for (const auto& [id, kept] : keys_) last = std::max(last, kept.order);
  return last;
}

template <class Key>
std::map<std::uint64_t, crypto::PrekeyId> OneTimePool<Key>::by_order() const {
  std::map<std::uint64_t, crypto::PrekeyId> order;
  for (const auto& [id, kept] : keys_) order.emplace(kept.order, id);
  return order;
}

template <class Key>
void OneTimePool<Key>::make(std::size_t count, Step& step) {
  if (keys_.size() + count > kMaxOneTimeKeysKept) return;
  for (auto order = last_order() + 1; count > 0;) {
    const auto key = Key::generate();
    Kept kept{.order = order, .gone_ms = 0, .key = {}};
    key.write(kept.key);
    const auto [place, inserted] = keys_.emplace(key.id, std::move(kept));
    if (!inserted) continue;  // that number again
    put(key.id, place->second, step);
    ++order;
    --count;
  }
}

template <class Key>
std::string OneTimePool<Key>::unsent(const crypto::Device& device) const {
  std::string entries;
  for (const auto& [order, id] : by_order()) {
    if (order <= sent_up_to_) continue;
    const auto key = read_key<Key>(keys_.at(id).key).public_half();
    entries += crypto::as_text(crypto::SignedOneTimeKey<Key>::create(device, key).bytes());
  }
  return entries;
}

// An upload whose answer was lost has arrived if the relay names one of its keys. If it has none at
// all the upload may have come and been used up: it is not sent again, since a key that is handed
// out twice would cost somebody a message.
template <class Key>
void OneTimePool<Key>::counted(std::uint32_t left, crypto::PrekeyId last, Step& step) {
  const auto newest = keys_.find(last);
  if (left != 0 && newest == keys_.end()) return;
  const auto there_up_to = left == 0 ? last_order() : newest->second.order;
  sent_up_to_ = std::max(sent_up_to_, there_up_to);
  auto order = by_order();
  order.erase(order.upper_bound(there_up_to), order.end());
  for (auto gone = order.size() - std::min<std::size_t>(left, order.size());
       const auto& [place, id] : order) {
    if (gone-- == 0) break;
    auto& kept = keys_.at(id);
    if (kept.gone_ms != 0) continue;
    kept.gone_ms = step.now_ms();
    put(id, kept, step);
  }
}

template <class Key>
std::optional<Key> OneTimePool<Key>::find(crypto::PrekeyId id) const {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::nullopt;
  return read_key<Key>(found->second.key);
}

template <class Key>
void OneTimePool<Key>::use(crypto::PrekeyId id, Step& step) {
  // Its order stays taken: what comes later must not pass for sent.
  const auto found = keys_.find(id);
  if (found == keys_.end()) return;
  sent_up_to_ = std::max(sent_up_to_, found->second.order);
  keys_.erase(found);
  step.erase(RowKind::one_time_key, one_time_row_id(id));
}

template <class Key>
void OneTimePool<Key>::wipe(Step& step) {
  std::erase_if(keys_, [&](const auto& entry) {
    const auto& [id, kept] = entry;
    if (kept.gone_ms == 0 || kept.gone_ms + kRetentionMs > step.now_ms()) return false;
    step.erase(RowKind::one_time_key, one_time_row_id(id));
    return true;
  });
}

template <class Key>
void OneTimePool<Key>::retire(Step& step) {
  sent_up_to_ = last_order();
  for (auto& [id, kept] : keys_) {
    if (kept.gone_ms != 0) continue;
    kept.gone_ms = step.now_ms();
    put(id, kept, step);
  }
}

template <class Key>
void OneTimePool<Key>::drop(Step& step) {
  sent_up_to_ = last_order();
  for (const auto& [id, kept] : keys_) step.erase(RowKind::one_time_key, one_time_row_id(id));
  keys_.clear();
}

template <class Key>
bool OneTimePool<Key>::load(const crypto::SecretBuffer& row) {
  crypto::SecretReader in{row};
  if (OneTimeKind{in.take_int<std::uint8_t>()} != kKindOf<Key>) return false;
  const auto order = in.take_int<std::uint64_t>();
  Kept kept{.order = order, .gone_ms = in.take_int<std::uint64_t>(), .key = {}};
  kept.key.append(in.take(kKeyBytes<Key>));
  crypto::SecretReader key{kept.key};
  const auto id = key.take_int<crypto::PrekeyId>();
  if (!in.finish() || id == crypto::kNoPrekey || order == 0) damaged();
  keys_.emplace(id, std::move(kept));
  return true;
}

template class OneTimePool<crypto::OneTimeKey>;
template class OneTimePool<crypto::PqOneTimeKey>;

}  // namespace bisik::client
