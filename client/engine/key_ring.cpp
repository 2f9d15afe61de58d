#include "client/engine/key_ring.hpp"

#include <algorithm>
#include <stdexcept>

namespace bisik::client {
namespace {

constexpr const char* kDamaged = "a prekey of the profile does not decode";
constexpr std::uint8_t kVersion = 1;
enum class OneTimeKind : std::uint8_t { classical = 0, post_quantum = 1 };

RowId row_of(crypto::PrekeyId id) {
  const auto bytes = crypto::big_endian(id);
  return {{bytes.begin(), bytes.end()}, 0};
}

template <class T>
T expect(crypto::Result<T> result) {
  if (!result) throw std::runtime_error{kDamaged};
  return std::move(*result);
}

template <class Key>
constexpr OneTimeKind kKindOf = OneTimeKind::classical;
template <>
constexpr OneTimeKind kKindOf<crypto::PqOneTimeKey> = OneTimeKind::post_quantum;

// As it is stored: kind, number, secret.
constexpr std::size_t kHeadBytes = sizeof(OneTimeKind) + sizeof(crypto::PrekeyId);
constexpr std::size_t kRowBytes = kHeadBytes + crypto::DhSecretKey::kSize;
constexpr std::size_t kPqRowBytes = kHeadBytes + crypto::KemSeed::kSize;

template <class Key>
crypto::SecretBuffer to_row(const Key& key) {
  crypto::SecretBuffer row;
  row.append_int(static_cast<std::uint8_t>(kKindOf<Key>));
  key.write(row);
  return row;
}

template <class Key>
Key from_row(const crypto::SecretBuffer& row) {
  crypto::SecretReader in{row};
  static_cast<void>(in.take_int<std::uint8_t>());  // its kind, which load() looked at
  return expect(Key::read(in));
}

template <class Key>
std::string make(KeyRing::Unused& unused, std::size_t count, const crypto::Device& device,
                 Step& step) {
  std::string entries;
  while (count > 0) {
    const auto key = Key::generate();
    if (!unused.emplace(key.id, to_row(key)).second) continue;
    step.put(RowKind::one_time_key, row_of(key.id), to_row(key));
    entries +=
        crypto::as_text(crypto::SignedOneTimeKey<Key>::create(device, key.public_half()).bytes());
    --count;
  }
  return entries;
}

template <class Key>
std::string entries(const KeyRing::Unused& unused, const crypto::Device& device) {
  std::string all;
  for (const auto& [id, row] : unused) {
    const auto key = from_row<Key>(row).public_half();
    all += crypto::as_text(crypto::SignedOneTimeKey<Key>::create(device, key).bytes());
  }
  return all;
}

}  // namespace

void KeyRing::generate(Step& step) {
  generations_.push_back({crypto::SealKey::generate(), crypto::SignedPrekey::generate(),
                          crypto::PqSignedPrekey::generate(), step.now_ms()});
  save(step);
}

proto::pb::OneTimeKeys KeyRing::make_one_time_keys(const crypto::Device& device, Step& step) {
  proto::pb::OneTimeKeys keys;
  keys.set_classical(make<crypto::OneTimeKey>(one_time_, crypto::kOneTimeKeyBatch, device, step));
  keys.set_post_quantum(
      make<crypto::PqOneTimeKey>(pq_one_time_, crypto::kPqOneTimeKeyBatch, device, step));
  return keys;
}

proto::pb::OneTimeKeys KeyRing::public_one_time_keys(const crypto::Device& device) const {
  proto::pb::OneTimeKeys keys;
  keys.set_classical(entries<crypto::OneTimeKey>(one_time_, device));
  keys.set_post_quantum(entries<crypto::PqOneTimeKey>(pq_one_time_, device));
  return keys;
}

crypto::Bundle KeyRing::make_bundle(Identity& identity, Step& step) const {
  const auto& newest = generations_.back();
  identity.bundle_sequence =
      crypto::Bundle::next_sequence(identity.bundle_sequence, step.now_seconds());
  return crypto::Bundle::create(identity.device,
                                {.sequence = identity.bundle_sequence,
                                 .created = step.now_seconds(),
                                 .capabilities = 0,
                                 .mailbox = identity.mailbox.id,
                                 .knock = identity.knock.id,
                                 .seal = newest.seal.public_half(),
                                 .signed_prekey = newest.signed_prekey.public_half(),
                                 .pq_signed_prekey = newest.pq_signed_prekey.public_half()});
}

crypto::OurPrekeys KeyRing::Named::of(const crypto::Device& device) const {
  crypto::OurPrekeys keys{device, generation.signed_prekey, nullptr, &generation.pq_signed_prekey};
  if (one_time_key) keys.one_time_key = &*one_time_key;
  if (pq_one_time_key) keys.pq_prekey = &*pq_one_time_key;
  return keys;
}

std::optional<KeyRing::Named> KeyRing::find(const crypto::PrekeyIds& ids) const {
  const auto generation = std::ranges::find_if(generations_, [&](const Generation& each) {
    return each.signed_prekey.id == ids.signed_prekey;
  });
  if (generation == generations_.end()) return std::nullopt;
  Named named{*generation, {}, {}};
  if (ids.one_time_key != crypto::kNoPrekey) {
    const auto row = one_time_.find(ids.one_time_key);
    if (row == one_time_.end()) return std::nullopt;
    named.one_time_key = from_row<crypto::OneTimeKey>(row->second);
  }
  if (ids.pq_kind == crypto::PqKind::one_time) {
    const auto row = pq_one_time_.find(ids.pq_prekey);
    if (row == pq_one_time_.end()) return std::nullopt;
    named.pq_one_time_key = from_row<crypto::PqOneTimeKey>(row->second);
  }
  return named;
}

void KeyRing::use(const crypto::PrekeyIds& ids, Step& step) {
  if (one_time_.erase(ids.one_time_key) != 0) {
    step.erase(RowKind::one_time_key, row_of(ids.one_time_key));
  }
  if (ids.pq_kind == crypto::PqKind::one_time && pq_one_time_.erase(ids.pq_prekey) != 0) {
    step.erase(RowKind::one_time_key, row_of(ids.pq_prekey));
  }
}

void KeyRing::save(Step& step) const {
  crypto::SecretBuffer row;
  row.append_int(kVersion).append_int(static_cast<std::uint8_t>(generations_.size()));
  for (const auto& generation : generations_) {
    generation.seal.write(row);
    generation.signed_prekey.write(row);
    generation.pq_signed_prekey.write(row);
    row.append_int(generation.made_ms);
  }
  step.put(RowKind::key_ring, {}, std::move(row));
}

void KeyRing::load(const RowSource& rows) {
  if (const auto row = rows.get(RowKind::key_ring, {})) {
    crypto::SecretReader in{*row};
    if (in.take_int<std::uint8_t>() != kVersion) {
      throw std::runtime_error{"the profile was written by another version of bisik"};
    }
    for (auto left = in.take_int<std::uint8_t>(); left > 0; --left) {
      auto seal = expect(crypto::SealKey::read(in));
      auto signed_prekey = expect(crypto::SignedPrekey::read(in));
      auto pq_signed_prekey = expect(crypto::PqSignedPrekey::read(in));
      generations_.push_back({std::move(seal), std::move(signed_prekey),
                              std::move(pq_signed_prekey), in.take_int<std::uint64_t>()});
    }
    if (!in.finish()) throw std::runtime_error{"the profile's prekeys do not decode"};
  }
  for (auto& row : rows.all(RowKind::one_time_key)) {
    crypto::SecretReader in{row};
    const auto kind = OneTimeKind{in.take_int<std::uint8_t>()};
    const auto id = in.take_int<crypto::PrekeyId>();
    if (id == crypto::kNoPrekey) throw std::runtime_error{kDamaged};
    if (kind == OneTimeKind::classical && row.size() == kRowBytes) {
      one_time_.emplace(id, std::move(row));
    } else if (kind == OneTimeKind::post_quantum && row.size() == kPqRowBytes) {
      pq_one_time_.emplace(id, std::move(row));
    } else {
      throw std::runtime_error{kDamaged};
    }
  }
}

}  // namespace bisik::client
