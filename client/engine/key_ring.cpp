#include "client/engine/key_ring.hpp"

#include <algorithm>
#include <stdexcept>

namespace bisik::client {
namespace {

constexpr std::uint8_t kVersion = 1;
enum class OneTimeKind : std::uint8_t { classical = 0, post_quantum = 1 };

RowId row_of(crypto::PrekeyId id) {
  const auto bytes = crypto::big_endian(id);
  return {{bytes.begin(), bytes.end()}, 0};
}

template <class T>
T expect(crypto::Result<T> result) {
  if (!result) throw std::runtime_error{"a prekey of the profile does not decode"};
  return std::move(*result);
}

template <class Key>
void save_one(const Key& key, OneTimeKind kind, Step& step) {
  crypto::SecretBuffer row;
  row.append_int(static_cast<std::uint8_t>(kind));
  key.write(row);
  step.put(RowKind::one_time_key, row_of(key.id), std::move(row));
}

template <class Entry, class Keys>
std::string entries(const crypto::Device& device, const Keys& keys) {
  std::string all;
  for (const auto& [id, key] : keys) {
    all += crypto::as_text(Entry::create(device, key.public_half()).bytes());
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
  std::map<crypto::PrekeyId, crypto::OneTimeKey> classical;
  std::map<crypto::PrekeyId, crypto::PqOneTimeKey> post_quantum;
  while (classical.size() < crypto::kOneTimeKeyBatch) {
    auto key = crypto::OneTimeKey::generate();
    classical.emplace(key.id, std::move(key));
  }
  while (post_quantum.size() < crypto::kPqOneTimeKeyBatch) {
    auto key = crypto::PqOneTimeKey::generate();
    post_quantum.emplace(key.id, std::move(key));
  }
  proto::pb::OneTimeKeys keys;
  keys.set_classical(entries<crypto::OneTimeKeyEntry>(device, classical));
  keys.set_post_quantum(entries<crypto::PqOneTimeKeyEntry>(device, post_quantum));
  for (const auto& [id, key] : classical) save_one(key, OneTimeKind::classical, step);
  for (const auto& [id, key] : post_quantum) save_one(key, OneTimeKind::post_quantum, step);
  one_time_.merge(classical);
  pq_one_time_.merge(post_quantum);
  return keys;
}

proto::pb::OneTimeKeys KeyRing::public_one_time_keys(const crypto::Device& device) const {
  proto::pb::OneTimeKeys keys;
  keys.set_classical(entries<crypto::OneTimeKeyEntry>(device, one_time_));
  keys.set_post_quantum(entries<crypto::PqOneTimeKeyEntry>(device, pq_one_time_));
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

std::optional<crypto::OurPrekeys> KeyRing::find(const crypto::Device& device,
                                                const crypto::PrekeyIds& ids) const {
  const auto generation = std::ranges::find_if(generations_, [&](const Generation& each) {
    return each.signed_prekey.id == ids.signed_prekey;
  });
  if (generation == generations_.end()) return std::nullopt;
  crypto::OurPrekeys found{device, generation->signed_prekey, nullptr,
                           &generation->pq_signed_prekey};
  if (ids.one_time_key != crypto::kNoPrekey) {
    const auto key = one_time_.find(ids.one_time_key);
    if (key == one_time_.end()) return std::nullopt;
    found.one_time_key = &key->second;
  }
  if (ids.pq_kind == crypto::PqKind::one_time) {
    const auto key = pq_one_time_.find(ids.pq_prekey);
    if (key == pq_one_time_.end()) return std::nullopt;
    found.pq_prekey = &key->second;
  }
  return found;
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
  for (const auto& row : rows.all(RowKind::one_time_key)) {
    crypto::SecretReader in{row};
    if (in.take_int<std::uint8_t>() == static_cast<std::uint8_t>(OneTimeKind::classical)) {
      auto key = expect(crypto::OneTimeKey::read(in));
      one_time_.emplace(key.id, std::move(key));
    } else {
      auto key = expect(crypto::PqOneTimeKey::read(in));
      pq_one_time_.emplace(key.id, std::move(key));
    }
  }
}

}  // namespace bisik::client
