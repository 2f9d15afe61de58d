// Prekeys stay as their rows have them until a first message names one: whatever was published must
// still be found after a restart, once.
#include "client/engine/key_ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/engine/limits.hpp"
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
    ring_.make_one_time_keys(step, 0, 0);
    published_ = ring_.unsent_one_time_keys(bob_->device);
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

// The answer to the upload may have been lost: whoever has got one of them since has it alone.
TEST_F(KeyRingTest, KeysThatReplaceOthersGoNoSecondTimeWhereTheRelayHasThem) {
  Step step{{}};
  ring_.replace(step);
  const auto sent = ring_.unsent_one_time_keys(bob_->device);
  proto::pb::OneTimeKeyCount left;
  left.set_classical(99);
  left.set_last_classical(first<crypto::OneTimeKey>(published_.classical()).id);
  ring_.one_time_keys_counted(step, left);
  EXPECT_TRUE(ring_.is_replacing_one_time_keys()) << "those are the others";
  EXPECT_EQ(ring_.unsent_one_time_keys(bob_->device).classical(), sent.classical());
  left.set_last_classical(first<crypto::OneTimeKey>(sent.classical()).id);
  ring_.one_time_keys_counted(step, left);
  EXPECT_FALSE(ring_.is_replacing_one_time_keys());
  EXPECT_TRUE(ring_.unsent_one_time_keys(bob_->device).classical().empty());
  EXPECT_TRUE(ring_.unsent_one_time_keys(bob_->device).post_quantum().empty());
}

TEST_F(KeyRingTest, WhereTheRelayHasNoKeysNoneAreReplaced) {
  Step step{{}};
  ring_.replace(step);
  ring_.one_time_keys_counted(step, {});
  EXPECT_FALSE(ring_.is_replacing_one_time_keys());
  EXPECT_TRUE(ring_.unsent_one_time_keys(bob_->device).classical().empty());
}

// This is a copy from before they were made, so that nobody could begin a session with one here.
TEST_F(KeyRingTest, KeysThatALaterStateHasUploadedAreReplacedAndThoseThatAreHereStay) {
  Step step{{}};
  ring_.one_time_keys_sent(step, ring_.newest());
  proto::pb::OneTimeKeyCount left;
  left.set_classical(100);
  left.set_last_classical(ids().one_time_key ^ 1);
  ring_.one_time_keys_counted(step, left);
  EXPECT_TRUE(ring_.is_replacing_one_time_keys());
  EXPECT_TRUE(ring_.find(ids())) << "somebody may have got one before";
  rows_.commit(std::move(step).take().rows);
  const auto fresh = loaded().unsent_one_time_keys(bob_->device);
  EXPECT_EQ(fresh.classical().size(), published_.classical().size());
  EXPECT_EQ(fresh.post_quantum().size(), published_.post_quantum().size());
  Step later{{}};
  left.set_last_classical(ids().one_time_key);
  ring_.one_time_keys_counted(later, left);
  EXPECT_TRUE(ring_.is_replacing_one_time_keys()) << "that is one of before";
  left.set_last_classical(first<crypto::OneTimeKey>(fresh.classical()).id);
  ring_.one_time_keys_counted(later, left);
  EXPECT_FALSE(ring_.is_replacing_one_time_keys());
}

TEST_F(KeyRingTest, WhereTheRelayHandsOutABundleThatACopyHasPublishedOursIsPublishedAgainOnce) {
  Step step{{}};
  EXPECT_FALSE(ring_.is_overtaken(step, 7)) << "ours is on its way";
  ring_.published(step, ring_.newest());
  EXPECT_FALSE(ring_.is_overtaken(step, ring_.newest()));
  EXPECT_FALSE(ring_.is_overtaken(step, crypto::kNoPrekey)) << "a relay that does not say";
  EXPECT_TRUE(ring_.is_overtaken(step, 7));
  EXPECT_FALSE(ring_.is_published());
  EXPECT_FALSE(ring_.is_overtaken(step, 7)) << "on its way again";
  rows_.commit(std::move(step).take().rows);
  EXPECT_FALSE(loaded().is_published());
}

TEST_F(KeyRingTest, TheSameKeysArePublishedAgain) {
  const auto again = loaded().unsent_one_time_keys(bob_->device);
  EXPECT_EQ(again.classical(), published_.classical());
  EXPECT_EQ(again.post_quantum(), published_.post_quantum());
}

TEST_F(KeyRingTest, AUsedKeyIsFoundNeitherNowNorAfterARestart) {
  Step step{{}};
  ring_.use(ids(), step);
  EXPECT_FALSE(ring_.find(ids()));
  rows_.commit(std::move(step).take().rows);
  EXPECT_FALSE(loaded().find(ids()));
}

// A key of an account that was given up would pass for one of the next account's.
TEST_F(KeyRingTest, WhatIsDiscardedLeavesNothingOnTheDisk) {
  const auto before = ids();
  Step step{{}};
  ring_.discard(step);
  rows_.commit(std::move(step).take().rows);
  EXPECT_TRUE(rows_.rows().empty());
  Step next{{}};
  ring_.generate(next);
  ring_.make_one_time_keys(next, 0, 0);
  rows_.commit(std::move(next).take().rows);
  EXPECT_FALSE(loaded().find(before));
  EXPECT_EQ(rows_.all(RowKind::one_time_key).size(),
            crypto::kOneTimeKeyBatch + crypto::kPqOneTimeKeyBatch);
  EXPECT_EQ(loaded().unsent_one_time_keys(bob_->device).classical(),
            ring_.unsent_one_time_keys(bob_->device).classical());
}

TEST_F(KeyRingTest, ADamagedOneTimeKeyIsToldWhenTheProfileIsOpened) {
  constexpr std::size_t kRowBytes = 1 + 8 + 8 + 8 + 32;
  const crypto::Bytes of_no_kind(kRowBytes, 7);
  store(of_no_kind);
  EXPECT_THROW(static_cast<void>(loaded()), std::runtime_error);
  store({0, 1, 2, 3});  // cut short
  EXPECT_THROW(static_cast<void>(loaded()), std::runtime_error);
  store(crypto::Bytes(kRowBytes, 0));  // number 0
  EXPECT_THROW(static_cast<void>(loaded()), std::runtime_error);
  crypto::Bytes sound(kRowBytes, 1);
  sound[0] = 0;
  store(sound);
  EXPECT_NO_THROW(static_cast<void>(loaded()));
}

class KeyLifeTest : public KeyRingTest {
 protected:
  Step at(std::chrono::milliseconds later) const { return Step{{{}, now_ + later}}; }
  crypto::PrekeyId newest() const { return ring_.generations().back().signed_prekey.id; }
  bool keeps(crypto::PrekeyId signed_prekey) const {
    return std::ranges::any_of(loaded().generations(), [&](const KeyRing::Generation& each) {
      return each.signed_prekey.id == signed_prekey;
    });
  }
  void renew(std::chrono::milliseconds later) {
    auto step = at(later);
    ring_.generate(step);
    rows_.commit(std::move(step).take().rows);
  }
  void published(std::chrono::milliseconds later) {
    auto step = at(later);
    ring_.published(step, ring_.newest());
    rows_.commit(std::move(step).take().rows);
  }
  std::vector<crypto::PrekeyId> wipe(std::chrono::milliseconds later) {
    auto step = at(later);
    auto gone = ring_.wipe(step);
    rows_.commit(std::move(step).take().rows);
    return gone;
  }

  std::chrono::sys_time<std::chrono::milliseconds> now_{
      std::chrono::sys_days{std::chrono::January / 5 / 2026}};
};

TEST_F(KeyLifeTest, ALateAnswerAboutAnotherGenerationConfirmsNothing) {
  const auto before = ring_.newest();
  auto step = at({});
  ring_.replace(step);
  ring_.one_time_keys_sent(step, before);
  ring_.published(step, before);
  EXPECT_FALSE(ring_.is_published());
  EXPECT_TRUE(ring_.is_replacing_one_time_keys());
  ring_.published(step, ring_.newest());
  ring_.one_time_keys_sent(step, ring_.newest());
  EXPECT_TRUE(ring_.is_published());
  EXPECT_FALSE(ring_.is_replacing_one_time_keys());
}

TEST_F(KeyLifeTest, WhatWasReplacedTellsWhoHasStartedASessionAndOpensNone) {
  published({});
  const auto before = ids();
  const auto seal = ring_.generations().back().seal.public_half();
  auto step = at({});
  ring_.replace(step);
  EXPECT_THAT(ring_.published(step, ring_.newest()), testing::ElementsAre(before.signed_prekey));
  rows_.commit(std::move(step).take().rows);
  EXPECT_FALSE(keeps(before.signed_prekey));
  EXPECT_FALSE(loaded().find(before));
  EXPECT_EQ(loaded().generations().front().seal.public_half(), seal);
  wipe(crypto::kPrekeyRetention);
  EXPECT_EQ(loaded().generations().size(), 1U);
}

TEST_F(KeyLifeTest, TheNextGenerationIsDueAfterAWeekGiveOrTakeHalfADay) {
  renew({});
  EXPECT_FALSE(ring_.is_due(at(crypto::kPrekeyRotation - kRotationJitter - milliseconds{1})));
  EXPECT_TRUE(ring_.is_due(at(crypto::kPrekeyRotation + kRotationJitter)));
}

TEST_F(KeyLifeTest, AClockThatWasSetBackByMonthsDoesNotStopRenewal) {
  renew(std::chrono::days{300});
  EXPECT_TRUE(ring_.is_due(at({})));
}

// Whoever fetched the old bundle may use it until its successor is a month old, and not longer:
// then the disk has it no more.
TEST_F(KeyLifeTest, PrivateHalvesAreWipedAMonthAfterTheirSuccessorWasPublished) {
  renew({});
  published({});
  const auto old = newest();
  renew(std::chrono::days{7});
  wipe(std::chrono::days{300});
  EXPECT_TRUE(keeps(old)) << "nobody has its successor yet";
  published(std::chrono::days{8});
  wipe(std::chrono::days{8} + crypto::kPrekeyRetention - milliseconds{1});
  EXPECT_TRUE(keeps(old));
  EXPECT_THAT(wipe(std::chrono::days{8} + crypto::kPrekeyRetention), testing::Contains(old));
  EXPECT_FALSE(keeps(old));
  EXPECT_TRUE(keeps(newest()));
}

// Two copies of a profile that find each other at every start have new keys each time.
TEST_F(KeyLifeTest, HoweverManyGenerationsThereWereTheRowIsReadAgain) {
  Step step{{}};
  for (int time = 0; time < 300; ++time) ring_.generate(step);
  rows_.commit(std::move(step).take().rows);
  const auto again = loaded();
  EXPECT_EQ(again.generations().size(), kMaxGenerations);
  EXPECT_EQ(again.newest(), ring_.newest());
}

TEST_F(KeyLifeTest, WhatWasNotPublishedIsStillToBePublishedAfterARestart) {
  renew({});
  EXPECT_FALSE(loaded().is_published());
  published({});
  EXPECT_TRUE(loaded().is_published());
}

}  // namespace
}  // namespace bisik::client
