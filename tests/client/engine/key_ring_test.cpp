// Prekeys stay as their rows have them until a first message names one: whatever was published must
// still be found after a restart, once.
#include "client/engine/key_ring.hpp"

#include <gtest/gtest.h>

#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

class KeyRingTest : public testing::Test {
 protected:
  KeyRingTest() {
    crypto::initialise();
    Step step{{}};
    const auto key = crypto::DhKeyPair::generate().public_key;
    const proto::Link link{.relay = {"relay.example", 7443, key}, .invite = {}, .contact = {}};
    bob_ = Identity::create("Bob", link, step);
    ring_.generate(step);
    published_ = ring_.make_one_time_keys(bob_->device, step);
    rows_.commit(std::move(step).take().rows);
  }

  // The first one-time key of each kind, as the relay hands it out.
  template <class Key>
  [[nodiscard]] typename Key::Public first(const std::string& entries) const {
    const auto bytes = crypto::as_bytes(entries).first(crypto::SignedOneTimeKey<Key>::kSize);
    return crypto::SignedOneTimeKey<Key>::parse(bytes, bob_->device.record).value().key();
  }

  [[nodiscard]] crypto::PrekeyIds ids() const {
    return {.signed_prekey = ring_.generations().back().signed_prekey.id,
            .one_time_key = first<crypto::OneTimeKey>(published_.classical()).id,
            .pq_kind = crypto::PqKind::one_time,
            .pq_prekey = first<crypto::PqOneTimeKey>(published_.post_quantum()).id};
  }

  [[nodiscard]] KeyRing loaded() const {
    KeyRing ring;
    ring.load(rows_);
    return ring;
  }

  // Puts a row with that content in place of a one-time key.
  void store(const crypto::Bytes& content) {
    crypto::SecretBuffer row;
    row.append(content);
    Step step{{}};
    step.put(RowKind::one_time_key, {{1}, 0}, std::move(row));
    rows_.commit(std::move(step).take().rows);
  }

  std::optional<Identity> bob_;
  KeyRing ring_;
  MemoryRows rows_;
  proto::pb::OneTimeKeys published_;
};

TEST_F(KeyRingTest, WhatWasPublishedIsFoundAfterARestart) {
  const auto ring = loaded();
  const auto named = ring.find(ids());
  ASSERT_TRUE(named);
  EXPECT_EQ(named->one_time_key.value().public_half(),
            first<crypto::OneTimeKey>(published_.classical()));
  EXPECT_EQ(named->pq_one_time_key.value().public_half(),
            first<crypto::PqOneTimeKey>(published_.post_quantum()));
  EXPECT_EQ(named->of(bob_->device).ids(), ids());
}

TEST_F(KeyRingTest, TheSameKeysArePublishedAgain) {
  const auto again = loaded().public_one_time_keys(bob_->device);
  EXPECT_EQ(again.classical().size(), published_.classical().size());
  EXPECT_EQ(again.post_quantum().size(), published_.post_quantum().size());
  EXPECT_NE(again.classical().find(published_.classical().substr(0, 40)), std::string::npos);
}

TEST_F(KeyRingTest, AUsedKeyIsFoundNeitherNowNorAfterARestart) {
  Step step{{}};
  ring_.use(ids(), step);
  EXPECT_FALSE(ring_.find(ids()));
  rows_.commit(std::move(step).take().rows);
  EXPECT_FALSE(loaded().find(ids()));
}

TEST_F(KeyRingTest, ADamagedOneTimeKeyIsToldWhenTheProfileIsOpened) {
  const crypto::Bytes of_no_kind(41, 7);
  store(of_no_kind);
  EXPECT_THROW(static_cast<void>(loaded()), std::runtime_error);
  store({0, 1, 2, 3});  // cut short
  EXPECT_THROW(static_cast<void>(loaded()), std::runtime_error);
  store(crypto::Bytes(41, 0));  // number 0
  EXPECT_THROW(static_cast<void>(loaded()), std::runtime_error);
  crypto::Bytes sound(41, 1);
  sound[0] = 0;
  store(sound);
  EXPECT_NO_THROW(static_cast<void>(loaded()));
}

}  // namespace
}  // namespace bisik::client
