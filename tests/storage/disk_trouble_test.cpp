// A disk that is full, or fails to sync, under both stores: what was acknowledged stays, the
// trouble has the right name, and work goes on when it is over.
#include <gtest/gtest.h>

#include "storage/client_store.hpp"
#include "storage/sqlite_relay_store.hpp"
#include "tests/storage/power_cut_vfs.hpp"
#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

using Kind = StorageError::Kind;

class DiskTroubleTest : public testing::Test {
 protected:
  DiskTroubleTest() {
    Batch batch{*store};
    store->queues().create(id(1), {std::nullopt, id(4), 1});
    batch.commit();
  }

  [[nodiscard]] RelayStoreOptions options() const {
    return {.path = "/relay.db",
            .vfs = vfs.name(),
            .checkpoint_bytes = 200'000,
            .pause_bytes = 20'000,
            .reserve_bytes = 400'000};
  }

  void open_anew() {
    store.reset();
    store.emplace(options());
  }

  // One cell in one commit; the kind of failure, or nothing.
  std::optional<Kind> push() {
    const Bytes cell(4096, 5);
    try {
      Batch batch{*store};
      EnvelopeId envelope_id = envelope(static_cast<std::uint8_t>(++number_));
      envelope_id[0] = static_cast<std::uint8_t>(number_ / 256);
      store->cells().push(id(1), {envelope_id, id(7), cell, kToday, kToday});
      batch.commit();
      ++acknowledged_;
      return std::nullopt;
    } catch (const StorageError& error) {
      return error.kind();
    }
  }

  [[nodiscard]] std::vector<Cell> waiting() {
    return store->cells().read(id(1), 0, {.max_cells = 10'000, .max_bytes = 1'000'000'000});
  }

  bool acknowledge_oldest() {
    const Cell oldest = waiting().front();
    Batch batch{*store};
    const bool gone =
        store->cells().acknowledge(id(1), oldest.sequence, oldest.envelope_id, kToday);
    batch.commit();
    return gone;
  }

  void fill_the_disk(std::int64_t room = 150'000) {
    vfs.disk().set_capacity(vfs.disk().used() + room);
    std::optional<Kind> failure;
    for (int i = 0; i < 200 && !failure; ++i) failure = push();
    ASSERT_EQ(failure, Kind::full);
  }

  PowerCutVfs vfs;
  std::optional<SqliteRelayStore> store{options()};
  int number_ = 0;
  std::size_t acknowledged_ = 0;
};

TEST_F(DiskTroubleTest, AFullDiskSaysSoAndLosesNothing) {
  fill_the_disk();
  EXPECT_EQ(push(), Kind::full) << "and again";
  EXPECT_EQ(waiting().size(), acknowledged_);
  EXPECT_EQ(store->integrity_check(), std::nullopt);
}

TEST_F(DiskTroubleTest, WorkGoesOnWhenThereIsSpaceAgain) {
  fill_the_disk();
  vfs.disk().set_capacity(std::nullopt);
  std::optional<Kind> failure = Kind::full;
  for (std::int64_t i = 0; i <= kBatchesBetweenRestores && failure; ++i) failure = push();
  EXPECT_EQ(failure, std::nullopt);
  EXPECT_EQ(waiting().size(), acknowledged_);
}

TEST_F(DiskTroubleTest, WhatReadersTookAwayMakesRoom) {
  fill_the_disk();
  while (!waiting().empty()) ASSERT_TRUE(acknowledge_oldest());
  store->release_space(1000);
  EXPECT_EQ(push(), std::nullopt);
}

TEST_F(DiskTroubleTest, AFullDiskIsOpenedAndStillLosesNothing) {
  fill_the_disk();
  PowerCutDisk::Rng rng{5};
  vfs.disk().power_cut(rng);
  vfs.disk().set_capacity(std::nullopt);
  open_anew();
  EXPECT_EQ(waiting().size(), acknowledged_);
}

// At many distances from the last time that the log was copied.
TEST_F(DiskTroubleTest, ClosingTakesTheReserveForTheLog) {
  for (std::size_t cells = 1; cells <= 12; ++cells) {
    while (acknowledged_ % 13 != cells) ASSERT_EQ(push(), std::nullopt);
    vfs.disk().set_capacity(vfs.disk().used());
    store.reset();
    EXPECT_FALSE(vfs.disk().exists("/relay.db-wal")) << cells;
    vfs.disk().set_capacity(std::nullopt);
    open_anew();
    EXPECT_EQ(waiting().size(), acknowledged_);
  }
}

TEST_F(DiskTroubleTest, NothingFailsInAPauseForWantOfRoom) {
  push();
  vfs.disk().set_capacity(vfs.disk().used());
  for (int i = 0; i < 3; ++i) store->use_pause();
  EXPECT_EQ(waiting().size(), acknowledged_);
}

TEST_F(DiskTroubleTest, ASyncThatFailsInAPauseIsTold) {
  while (acknowledged_ < 10) push();
  vfs.disk().fail_syncs(true);
  EXPECT_THROW(store->use_pause(), StorageError);
}

TEST_F(DiskTroubleTest, AFailedSyncIsNoAcknowledgement) {
  push();
  vfs.disk().fail_syncs(true);
  EXPECT_EQ(push(), Kind::io);
  EXPECT_EQ(waiting().size(), acknowledged_);
}

// The kernel shows what it failed to write until the power goes: whoever opens after a failed sync
// must not build on it.
TEST_F(DiskTroubleTest, WhatFollowsAFailedSyncIsSafeAfterOpeningAnew) {
  PowerCutDisk::Rng rng{6};
  push();
  vfs.disk().fail_syncs(true);
  EXPECT_EQ(push(), Kind::io);
  vfs.disk().kill();  // as error.hpp asks for
  store.reset();
  vfs.disk().fail_syncs(false);
  open_anew();
  const std::size_t before = waiting().size();
  EXPECT_EQ(push(), std::nullopt);
  vfs.disk().power_cut(rng);
  open_anew();
  EXPECT_EQ(waiting().size(), before + 1);
}

TEST_F(DiskTroubleTest, TheClientsBatchFailsAsAWholeOnAFullDisk) {
  ClientStore client{"/profile.db", vfs.name()};
  client.put(1, bytes("kept"), bytes("value"));
  vfs.disk().set_capacity(vfs.disk().used() + 20'000);
  WriteBatch batch;
  batch.erase(1, bytes("kept"));
  batch.put(1, bytes("large"), Bytes(100'000, 1));
  try {
    client.commit(batch);
    FAIL() << "more than there is space for";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), Kind::full);
  }
  EXPECT_EQ(client.get(1, bytes("kept")), bytes("value"));
  vfs.disk().set_capacity(std::nullopt);
  client.commit(batch);
  EXPECT_EQ(client.count(1), 1);
  EXPECT_EQ(client.get(1, bytes("kept")), std::nullopt);
}

// At many distances from the end of the space, as what still fits differs.
class FullDiskTest : public DiskTroubleTest, public testing::WithParamInterface<std::int64_t> {};

TEST_P(FullDiskTest, ReadersCanStillAcknowledge) {
  fill_the_disk(GetParam());
  while (!waiting().empty()) ASSERT_TRUE(acknowledge_oldest());
  EXPECT_EQ(push(), Kind::full) << "the reserve comes first";
  vfs.disk().set_capacity(std::nullopt);
  store->release_space(1000);
  EXPECT_EQ(push(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Room, FullDiskTest, testing::Range<std::int64_t>(100'000, 300'000, 5'003));

// The space that is kept back is written at the opening, too.
TEST(DyingDisk, IsNotTakenForAFullOne) {
  for (std::int64_t change = 1;; ++change) {
    PowerCutVfs vfs;
    vfs.disk().die_at(change);
    try {
      const SqliteRelayStore store{
          {.path = "/relay.db", .vfs = vfs.name(), .reserve_bytes = 100'000}};
      ASSERT_FALSE(vfs.disk().dead()) << "opened on a disk that died at its change " << change;
      return;
    } catch (const StorageError& error) {
      ASSERT_NE(error.kind(), Kind::full);
    }
  }
}

}  // namespace
}  // namespace bisik::storage
