#include "client/engine/key_ring.hpp"

#include <algorithm>
#include <stdexcept>

#include "client/engine/limits.hpp"
#include "crypto/random.hpp"

namespace bisik::client {
namespace {

constexpr std::uint8_t kRingVersion = 1;

std::uint64_t in_ms(milliseconds time) { return static_cast<std::uint64_t>(time.count()); }

std::uint64_t random_below(milliseconds time) {
  return crypto::random_below(static_cast<std::uint32_t>(time.count()));
}

template <class T>
T expect_prekey(crypto::Result<T> result) {
  if (!result) throw std::runtime_error{"a prekey of the profile does not decode"};
  return std::move(*result);
}

}  // namespace

void KeyRing::generate(Step& step) {
  generations_.push_back({crypto::SealKey::generate(), crypto::SignedPrekey::generate(),
                          crypto::PqSignedPrekey::generate(), 0});
  if (generations_.size() > kMaxGenerations) generations_.erase(generations_.begin());
  published_ = false;
  renew_ms_ = step.now_ms() + in_ms(crypto::kPrekeyRotation) - in_ms(kRotationJitter) +
              random_below(2 * milliseconds{kRotationJitter});
  save(step);
}

void KeyRing::replace(Step& step) {
  one_time_.drop(step);
  pq_one_time_.drop(step);
  one_time_.make(crypto::kOneTimeKeyBatch, step);
  pq_one_time_.make(crypto::kPqOneTimeKeyBatch, step);
  replaces_ = replaces_one_time_ = true;
  generate(step);
}

// This is a copy of a state in which they had not been made yet: each session that somebody starts
// with one of them could not come to be here.
void KeyRing::replace_one_time_keys(Step& step) {
  one_time_.retire(step);
  pq_one_time_.retire(step);
  one_time_.make(crypto::kOneTimeKeyBatch, step);
  pq_one_time_.make(crypto::kPqOneTimeKeyBatch, step);
  replaces_one_time_ = one_time_.has_unsent() || pq_one_time_.has_unsent();
  save(step);
}

void KeyRing::discard(Step& step) {
  one_time_.drop(step);
  pq_one_time_.drop(step);
  step.erase(RowKind::key_ring, {});
  *this = {};
}

bool KeyRing::is_due(const Step& step) const {
  return step.now_ms() >= renew_ms_ ||
         renew_ms_ - step.now_ms() > in_ms(2 * milliseconds{crypto::kPrekeyRotation});
}

// Whoever begins a session with the other one could not be heard here.
bool KeyRing::is_overtaken(Step& step, crypto::PrekeyId handed_out) {
  if (!published_ || handed_out == crypto::kNoPrekey || handed_out == newest()) return false;
  published_ = false;
  save(step);
  return true;
}

// Of a generation that is not the newest any more the answer came too late.
std::vector<crypto::PrekeyId> KeyRing::published(Step& step, crypto::PrekeyId asked) {
  std::vector<crypto::PrekeyId> gone;
  if (asked != newest()) return gone;
  published_ = true;
  for (auto& generation : generations_) {
    if (&generation == &generations_.back() || generation.superseded_ms != 0) continue;
    generation.superseded_ms = step.now_ms();
  }
  if (std::exchange(replaces_, false)) {
    for (auto& generation : generations_) {
      if (generation.superseded_ms == 0) continue;
      gone.push_back(generation.signed_prekey.id);
      forget_prekeys(generation);
    }
  }
  save(step);
  return gone;
}

// SEAL stays its time: it opens no message, and tells who has started a session meanwhile that
// nobody has the keys of, so that it is begun anew.
void KeyRing::forget_prekeys(Generation& generation) {
  generation.signed_prekey = crypto::SignedPrekey::generate();
  generation.pq_signed_prekey = crypto::PqSignedPrekey::generate();
}

std::vector<crypto::PrekeyId> KeyRing::wipe(Step& step) {
  std::vector<crypto::PrekeyId> gone;
  std::erase_if(generations_, [&](const Generation& each) {
    const bool over = each.superseded_ms != 0 &&
                      each.superseded_ms + in_ms(crypto::kPrekeyRetention) <= step.now_ms();
    if (over) gone.push_back(each.signed_prekey.id);
    return over;
  });
  if (!gone.empty()) save(step);
  one_time_.wipe(step);
  pq_one_time_.wipe(step);
  return gone;
}

void KeyRing::make_one_time_keys(Step& step, std::uint32_t classical_left, std::uint32_t pq_left) {
  if (classical_left < crypto::kOneTimeKeyRefillBelow) {
    one_time_.make(crypto::kOneTimeKeyBatch, step);
  }
  if (pq_left < crypto::kOneTimeKeyRefillBelow) {
    pq_one_time_.make(crypto::kPqOneTimeKeyBatch, step);
  }
}

proto::pb::OneTimeKeys KeyRing::unsent_one_time_keys(const crypto::Device& device) const {
  proto::pb::OneTimeKeys keys;
  keys.set_classical(one_time_.unsent(device));
  keys.set_post_quantum(pq_one_time_.unsent(device));
  return keys;
}

void KeyRing::one_time_keys_sent(Step& step, crypto::PrekeyId asked) {
  if (replaces_one_time_ && asked != newest()) return;
  one_time_.sent();
  pq_one_time_.sent();
  refill_ms_ = 0;
  replaces_one_time_ = false;
  save(step);
}

// Those that the relay hands out instead of others may have come to it although its answer has not:
// they do not go again, since it would hand out once more what somebody has got. With none left
// there is nothing to replace.
void KeyRing::one_time_keys_counted(Step& step, const proto::pb::OneTimeKeyCount& left) {
  if (replaces_one_time_) {
    const bool none = left.classical() == 0 && left.post_quantum() == 0;
    const bool ours =
        (left.classical() != 0 && one_time_.is_unsent(left.last_classical())) ||
        (left.post_quantum() != 0 && pq_one_time_.is_unsent(left.last_post_quantum()));
    if (none || ours) one_time_keys_sent(step, newest());
    if (replaces_one_time_) return;
  }
  if (one_time_.is_foreign(left.classical(), left.last_classical()) ||
      pq_one_time_.is_foreign(left.post_quantum(), left.last_post_quantum())) {
    return replace_one_time_keys(step);
  }
  const auto before = std::pair{one_time_.sent_up_to(), pq_one_time_.sent_up_to()};
  one_time_.counted(left.classical(), left.last_classical(), step);
  pq_one_time_.counted(left.post_quantum(), left.last_post_quantum(), step);
  if (before != std::pair{one_time_.sent_up_to(), pq_one_time_.sent_up_to()}) save(step);
}

void KeyRing::plan_refill(Step& step) {
  refill_ms_ = step.now_ms() + random_below(kMostRefillDelay);
  save(step);
}

crypto::Bundle KeyRing::make_bundle(Identity& identity, Step& step) const {
  const auto& newest = generations_.back();
  identity.bundle_sequence =
      crypto::Bundle::next_sequence(identity.bundle_sequence, step.now_seconds());
  return crypto::Bundle::create(identity.device,
                                {.sequence = identity.bundle_sequence,
                                 .created = step.now_seconds(),
                                 .capabilities = identity.primary ? kHoldsAccountKey : 0,
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
    named.one_time_key = one_time_.find(ids.one_time_key);
    if (!named.one_time_key) return std::nullopt;
  }
  if (ids.pq_kind == crypto::PqKind::one_time) {
    named.pq_one_time_key = pq_one_time_.find(ids.pq_prekey);
    if (!named.pq_one_time_key) return std::nullopt;
  }
  return named;
}

void KeyRing::use(const crypto::PrekeyIds& ids, Step& step) {
  one_time_.use(ids.one_time_key, step);
  if (ids.pq_kind == crypto::PqKind::one_time) pq_one_time_.use(ids.pq_prekey, step);
}

void KeyRing::save(Step& step) const {
  crypto::SecretBuffer row;
  row.append_int(kRingVersion).append_int(std::uint8_t{published_});
  row.append_int(std::uint8_t{replaces_}).append_int(std::uint8_t{replaces_one_time_});
  row.append_int(renew_ms_).append_int(refill_ms_);
  row.append_int(one_time_.sent_up_to()).append_int(pq_one_time_.sent_up_to());
  row.append_int(static_cast<std::uint8_t>(generations_.size()));
  for (const auto& generation : generations_) {
    generation.seal.write(row);
    generation.signed_prekey.write(row);
    generation.pq_signed_prekey.write(row);
    row.append_int(generation.superseded_ms);
  }
  step.put(RowKind::key_ring, {}, std::move(row));
}

void KeyRing::load(const RowSource& rows) {
  if (const auto row = rows.get(RowKind::key_ring, {})) {
    crypto::SecretReader in{*row};
    if (in.take_int<std::uint8_t>() != kRingVersion) {
      throw std::runtime_error{"the profile was written by another version of bisik"};
    }
    published_ = in.take_int<std::uint8_t>() != 0;
    replaces_ = in.take_int<std::uint8_t>() != 0;
    replaces_one_time_ = in.take_int<std::uint8_t>() != 0;
    renew_ms_ = in.take_int<std::uint64_t>();
    refill_ms_ = in.take_int<std::uint64_t>();
    one_time_.set_sent_up_to(in.take_int<std::uint64_t>());
    pq_one_time_.set_sent_up_to(in.take_int<std::uint64_t>());
    for (auto left = in.take_int<std::uint8_t>(); left > 0; --left) {
      auto seal = expect_prekey(crypto::SealKey::read(in));
      auto signed_prekey = expect_prekey(crypto::SignedPrekey::read(in));
      auto pq_signed_prekey = expect_prekey(crypto::PqSignedPrekey::read(in));
      generations_.push_back({std::move(seal), std::move(signed_prekey),
                              std::move(pq_signed_prekey), in.take_int<std::uint64_t>()});
    }
    if (!in.finish()) throw std::runtime_error{"the profile's prekeys do not decode"};
  }
  for (const auto& row : rows.all(RowKind::one_time_key)) {
    if (!one_time_.load(row) && !pq_one_time_.load(row)) {
      throw std::runtime_error{"a prekey of the profile does not decode"};
    }
  }
}

}  // namespace bisik::client
