// Invariant I9 for first messages: a one-time key that somebody may still use is never wiped, one
// that was uploaded is never uploaded again, and no relay makes us keep more than a stated number.
#include "client/engine/one_time_pool.hpp"

#include <gtest/gtest.h>

#include "client/engine/limits.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

using crypto::OneTimeKeyEntry;
using std::chrono::days;

class OneTimePoolTest : public testing::Test {
 protected:
  using Pool = OneTimePool<crypto::OneTimeKey>;

  OneTimePoolTest() { crypto::initialise(); }

  // One event, committed.
  template <class Change>
  void step(Change change) {
    Step step{{{}, now_}};
    change(step);
    rows_.commit(std::move(step).take().rows);
  }
  void make(std::size_t count) {
    step([&](Step& step) { pool_.make(count, step); });
  }
  void counted(std::uint32_t left, crypto::PrekeyId last) {
    step([&](Step& step) { pool_.counted(left, last, step); });
  }
  void wipe() {
    step([&](Step& step) { pool_.wipe(step); });
  }
  void restart() {
    Pool loaded;
    loaded.set_sent_up_to(pool_.sent_up_to());
    for (const auto& row : rows_.all(RowKind::one_time_key)) ASSERT_TRUE(loaded.load(row));
    pool_ = std::move(loaded);
  }

  // What an upload would carry, in its order.
  std::vector<crypto::PrekeyId> unsent() const {
    std::vector<crypto::PrekeyId> ids;
    const auto entries = pool_.unsent(device_);
    for (std::size_t at = 0; at < entries.size(); at += OneTimeKeyEntry::kSize) {
      const auto bytes = crypto::as_bytes(entries).subspan(at, OneTimeKeyEntry::kSize);
      ids.push_back(OneTimeKeyEntry::parse(bytes, device_.record).value().key().id);
    }
    return ids;
  }
  bool has(crypto::PrekeyId id) const { return pool_.find(id).has_value(); }

  std::chrono::sys_time<std::chrono::milliseconds> now_{
      std::chrono::sys_days{std::chrono::January / 5 / 2026}};
  crypto::AccountKey account_ = crypto::AccountKey::generate();
  crypto::Device device_ =
      crypto::Device::create(account_, 1, std::chrono::floor<std::chrono::seconds>(now_));
  Pool pool_;
  MemoryRows rows_;
};

TEST_F(OneTimePoolTest, WhatTheRelayConfirmedIsNotUploadedAgain) {
  make(3);
  EXPECT_EQ(unsent().size(), 3U);
  pool_.sent();
  restart();
  EXPECT_TRUE(unsent().empty());
  make(2);
  EXPECT_EQ(unsent().size(), 2U);
}

TEST_F(OneTimePoolTest, AnUploadWhoseAnswerWasLostIsRecognisedByItsLastKey) {
  make(3);
  const auto ids = unsent();
  counted(3, ids.back());
  EXPECT_TRUE(unsent().empty());
}

TEST_F(OneTimePoolTest, AnUploadThatNeverArrivedIsMadeAgainWithTheSameBytes) {
  make(3);
  const auto first = unsent();
  pool_.sent();
  make(3);
  const auto second = unsent();
  counted(2, first.back());
  restart();
  EXPECT_EQ(unsent(), second);
}

// It may have come and been used up: a key that is handed out twice costs somebody a message.
TEST_F(OneTimePoolTest, NothingIsUploadedAgainToARelayThatHasNoneLeft) {
  make(3);
  const auto ids = unsent();
  counted(0, crypto::kNoPrekey);
  EXPECT_TRUE(unsent().empty());
  for (const auto id : ids) EXPECT_TRUE(has(id)) << "somebody may have it";
}

TEST_F(OneTimePoolTest, AKeyIsWipedAMonthAfterTheRelayHandedItOut) {
  make(4);
  const auto ids = unsent();
  counted(4, ids.back());
  now_ += days{60};
  wipe();
  for (const auto id : ids) EXPECT_TRUE(has(id)) << "the relay may hand it out tomorrow";
  counted(2, ids.back());
  now_ += days{30};
  wipe();
  EXPECT_TRUE(has(ids[0]));
  restart();
  now_ += days{1};
  wipe();
  EXPECT_FALSE(has(ids[0]) || has(ids[1]));
  EXPECT_TRUE(has(ids[2]) && has(ids[3]));
  EXPECT_EQ(rows_.all(RowKind::one_time_key).size(), 2U);
}

TEST_F(OneTimePoolTest, ANumberThatIsNotOursChangesNothing) {
  make(3);
  const auto ids = unsent();
  const auto before = rows_.rows();
  counted(1, ids.front() ^ 1);
  counted(7, crypto::kNoPrekey);
  EXPECT_EQ(rows_.rows(), before);
  EXPECT_EQ(unsent(), ids);
}

TEST_F(OneTimePoolTest, MoreThanThereAreMeansAllOfThem) {
  make(3);
  const auto ids = unsent();
  counted(0xffff'ffff, ids.back());
  now_ += days{60};
  wipe();
  for (const auto id : ids) EXPECT_TRUE(has(id));
}

TEST_F(OneTimePoolTest, AUsedKeyIsGoneAndItsPlaceIsNotTakenAgain) {
  make(1);
  const auto id = unsent().front();
  step([&](Step& step) { pool_.use(id, step); });
  EXPECT_FALSE(has(id));
  restart();
  make(1);
  EXPECT_EQ(unsent().size(), 1U) << "a later key does not pass for sent";
}

// Somebody who takes all keys at once, again and again.
TEST_F(OneTimePoolTest, NotMoreThanTheLimitAreKept) {
  while (rows_.all(RowKind::one_time_key).size() + 100 <= kMaxOneTimeKeysKept) {
    make(100);
    counted(0, crypto::kNoPrekey);
  }
  make(100);
  EXPECT_LE(rows_.all(RowKind::one_time_key).size(), kMaxOneTimeKeysKept);
  EXPECT_TRUE(unsent().empty());
}

}  // namespace
}  // namespace bisik::client
