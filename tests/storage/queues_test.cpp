#include "storage/queues.hpp"

#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

class QueuesTest : public RelayStoreContract {
 protected:
  bool put_key(const Id& key, const WriteKey& limits = {}) {
    return committed([&] { return queues.put_write_key(mailbox, key, limits); });
  }
  bool spend(const Id& key) {
    return committed([&] { return queues.spend_write_key(mailbox, key); });
  }

  Queues& queues = store->queues();
};

TEST_P(QueuesTest, ANewQueueIsEmptyAndBeginsAtOne) {
  EXPECT_FALSE(queues.find(mailbox));
  make_queue(mailbox);
  EXPECT_EQ(queues.find(mailbox), (Queue{.owner = alice,
                                         .read_key_hash = id(0x77),
                                         .kind = 1,
                                         .next_sequence = 1,
                                         .cells_waiting = 0,
                                         .bytes_waiting = 0}));
}

TEST_P(QueuesTest, AQueueIdIsTakenOnce) {
  make_queue(mailbox);
  EXPECT_FALSE(committed(
      [&] { return queues.create(mailbox, {.owner = bob, .read_key_hash = id(1), .kind = 2}); }));
  EXPECT_EQ(queues.find(mailbox)->owner, alice);
}

TEST_P(QueuesTest, OwnedQueuesAreListedAndOthersAreNot) {
  make_queue(id(2));
  make_queue(id(1));
  committed([&] {
    queues.create(id(3), {.owner = bob, .read_key_hash = id(1), .kind = 1});
    queues.create(id(4), {.owner = {}, .read_key_hash = id(1), .kind = 2});
  });
  EXPECT_EQ(queues.owned_by(alice), (std::vector{id(1), id(2)}));
  EXPECT_EQ(queues.find(id(4))->owner, std::nullopt);
}

TEST_P(QueuesTest, QueuesOfADeviceAreListedAndOthersAreNot) {
  committed([&] {
    queues.create(id(1), {.owner = alice, .read_key_hash = id(9), .kind = 2, .device = 1});
    queues.create(id(2), {.owner = alice, .read_key_hash = id(9), .kind = 1, .device = 1});
    queues.create(id(3), {.owner = alice, .read_key_hash = id(9), .kind = 1, .device = 2});
    queues.create(id(4), {.owner = bob, .read_key_hash = id(9), .kind = 1, .device = 1});
    queues.create(id(5), {.owner = alice, .read_key_hash = id(9), .kind = 1});
  });
  EXPECT_EQ(queues.of_device(alice, 1), (std::vector{id(1), id(2)}));
  EXPECT_EQ(queues.of_device(alice, 3), std::vector<Id>{});
  EXPECT_EQ(queues.find(id(3))->device, 2);
  EXPECT_EQ(queues.find(id(5))->device, std::nullopt);
}

TEST_P(QueuesTest, TheSweepTakesExpiredQueuesAFewAtATime) {
  const auto make = [&](std::uint8_t number, std::optional<UnixSeconds> expires_at) {
    committed([&] {
      queues.create(id(number), {.owner = alice,
                                 .read_key_hash = id(9),
                                 .kind = 3,
                                 .device = 1,
                                 .expires_at = expires_at});
    });
    push(id(number), envelope(1), "hello");
  };
  make(1, 100);
  make(2, 99);
  make(3, 101);
  make(4, std::nullopt);
  EXPECT_EQ(queues.find(id(3))->expires_at, 101);
  EXPECT_EQ(committed([&] { return queues.sweep(100, 0, 1); }), std::vector{id(2)});
  EXPECT_EQ(committed([&] { return queues.sweep(100, 0, 5); }), std::vector{id(1)});
  EXPECT_EQ(committed([&] { return queues.sweep(100, 0, 5); }), std::vector<Id>{});
  EXPECT_EQ(queues.owned_by(alice), (std::vector{id(3), id(4)}));
  make(1, std::nullopt);
  EXPECT_EQ(texts(id(1)).size(), 1U) << "nothing of the queue before it";
}

TEST_P(QueuesTest, ARemovedQueueLeavesNothingBehind) {
  make_queue(mailbox);
  put_key(id(5));
  push(mailbox, envelope(1), "hello");
  EXPECT_TRUE(committed([&] { return queues.remove(mailbox); }));
  EXPECT_FALSE(committed([&] { return queues.remove(mailbox); }));
  EXPECT_FALSE(queues.find(mailbox));
  make_queue(mailbox);
  EXPECT_TRUE(texts(mailbox).empty());
  EXPECT_FALSE(queues.write_key(mailbox, id(5)));
  EXPECT_EQ(push(mailbox, envelope(1), "other bytes").outcome, Pushed::Outcome::stored);
}

TEST_P(QueuesTest, AWriteKeyIsFoundWithItsLimits) {
  make_queue(mailbox);
  EXPECT_TRUE(put_key(id(5)));
  EXPECT_TRUE(put_key(id(6), {.cells_left = 4, .expires_at = 99}));
  EXPECT_EQ(queues.write_key(mailbox, id(5)), WriteKey{});
  EXPECT_EQ(queues.write_key(mailbox, id(6)), (WriteKey{.cells_left = 4, .expires_at = 99}));
  EXPECT_FALSE(queues.write_key(mailbox, id(7)));
  EXPECT_FALSE(queues.write_key(id(0x11), id(5)));
}

TEST_P(QueuesTest, WriteKeysAreCountedByQueue) {
  make_queue(mailbox);
  make_queue(id(0x11));
  EXPECT_EQ(queues.count_write_keys(mailbox), 0);
  put_key(id(5));
  put_key(id(6));
  put_key(id(6));
  EXPECT_EQ(queues.count_write_keys(mailbox), 2);
  EXPECT_EQ(queues.count_write_keys(id(0x11)), 0);
  EXPECT_EQ(queues.count_write_keys(id(0xEE)), 0) << "no such queue";
}

TEST_P(QueuesTest, AWriteKeyNeedsItsQueue) {
  EXPECT_FALSE(put_key(id(5)));
  EXPECT_FALSE(queues.write_key(mailbox, id(5)));
}

TEST_P(QueuesTest, PuttingAKeyAgainReplacesItsLimits) {
  make_queue(mailbox);
  put_key(id(5));
  EXPECT_TRUE(put_key(id(5), {.cells_left = {}, .expires_at = 50}));
  EXPECT_EQ(queues.write_key(mailbox, id(5)), (WriteKey{.cells_left = {}, .expires_at = 50}));
}

TEST_P(QueuesTest, ACountedKeyIsSpentUpAndStaysKnown) {
  make_queue(mailbox);
  put_key(id(5), {.cells_left = 2, .expires_at = {}});
  EXPECT_TRUE(spend(id(5)));
  EXPECT_TRUE(spend(id(5)));
  EXPECT_FALSE(spend(id(5)));
  EXPECT_EQ(queues.write_key(mailbox, id(5))->cells_left, 0);
  EXPECT_FALSE(spend(id(6)));
}

TEST_P(QueuesTest, AnUncountedKeyIsNeverSpent) {
  make_queue(mailbox);
  put_key(id(5));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(spend(id(5)));
  EXPECT_EQ(queues.write_key(mailbox, id(5)), WriteKey{});
}

TEST_P(QueuesTest, ARemovedWriteKeyIsGone) {
  make_queue(mailbox);
  put_key(id(5));
  put_key(id(6));
  EXPECT_TRUE(committed([&] { return queues.remove_write_key(mailbox, id(5)); }));
  EXPECT_FALSE(committed([&] { return queues.remove_write_key(mailbox, id(5)); }));
  EXPECT_FALSE(queues.write_key(mailbox, id(5)));
  EXPECT_TRUE(queues.write_key(mailbox, id(6)));
}

TEST_P(QueuesTest, TheSweepTakesExpiredWriteKeysAFewAtATime) {
  make_queue(mailbox);
  put_key(id(1));
  put_key(id(2), {.cells_left = {}, .expires_at = 100});
  put_key(id(3), {.cells_left = 1, .expires_at = 90});
  put_key(id(4), {.cells_left = 1, .expires_at = 101});
  EXPECT_EQ(committed([&] { return queues.sweep_write_keys(100, 1); }), 1);
  EXPECT_EQ(committed([&] { return queues.sweep_write_keys(100, 5); }), 1);
  EXPECT_TRUE(queues.write_key(mailbox, id(1)));
  EXPECT_FALSE(queues.write_key(mailbox, id(2)));
  EXPECT_FALSE(queues.write_key(mailbox, id(3)));
  EXPECT_TRUE(queues.write_key(mailbox, id(4)));
}

TEST_P(QueuesTest, AQueueOfNobodyEndsByAnotherClock) {
  committed([&] {
    queues.create(id(1), {.owner = {}, .read_key_hash = id(9), .kind = 4, .expires_at = 100});
    queues.create(id(2), {.owner = alice, .read_key_hash = id(9), .kind = 3, .expires_at = 100});
  });
  EXPECT_EQ(committed([&] { return queues.sweep(1'000, 99, 5); }), std::vector{id(2)});
  EXPECT_EQ(committed([&] { return queues.sweep(0, 100, 5); }), std::vector{id(1)});
}

INSTANTIATE_TEST_SUITE_P(EveryStore, QueuesTest, testing::ValuesIn(every_store()), store_name);

}  // namespace
}  // namespace bisik::storage
