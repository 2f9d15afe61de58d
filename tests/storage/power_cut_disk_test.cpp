#include "tests/storage/power_cut_disk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bisik::storage {
namespace {

using Status = PowerCutDisk::Status;

Bytes filled(std::size_t size, std::uint8_t byte) { return Bytes(size, byte); }

class PowerCutDiskTest : public testing::Test {
 protected:
  // All the contents that `path` can have after a cut now; nothing in place of an absent file.
  [[nodiscard]] std::set<std::optional<Bytes>> outcomes(const std::string& path) {
    std::set<std::optional<Bytes>> found;
    for (int i = 0; i < 500; ++i) {
      const DiskImage image = disk.image_after_power_cut(rng);
      const auto file = image.find(path);
      found.insert(file == image.end() ? std::nullopt : std::optional{file->second});
    }
    return found;
  }

  // A file that is durable, name and contents.
  std::unique_ptr<PowerCutDisk::Handle> settled(const std::string& path, const Bytes& contents) {
    auto file = disk.open(path);
    EXPECT_EQ(file->write(0, contents), Status::ok);
    EXPECT_EQ(file->sync(), Status::ok);
    EXPECT_EQ(disk.sync_directory_of(path), Status::ok);
    return file;
  }

  PowerCutDisk disk;
  PowerCutDisk::Rng rng{3};
};

TEST_F(PowerCutDiskTest, WhatWasSyncedAlwaysSurvives) {
  const auto file = settled("/a", filled(5000, 1));
  EXPECT_EQ(outcomes("/a"), (std::set<std::optional<Bytes>>{filled(5000, 1)}));
}

TEST_F(PowerCutDiskTest, AWriteThatWasNotSyncedMaySurviveOrNotOrInPart) {
  const auto file = settled("/a", filled(1024, 1));
  ASSERT_EQ(file->write(0, filled(1024, 2)), Status::ok);
  Bytes first_half = filled(1024, 1);
  std::fill_n(first_half.begin(), 512, std::uint8_t{2});
  Bytes second_half = filled(1024, 2);
  std::fill_n(second_half.begin(), 512, std::uint8_t{1});
  EXPECT_EQ(outcomes("/a"), (std::set<std::optional<Bytes>>{filled(1024, 1), filled(1024, 2),
                                                            first_half, second_half}));
}

TEST_F(PowerCutDiskTest, WritesAreLostIndependently) {
  const auto file = settled("/a", filled(8192, 0));
  ASSERT_EQ(file->write(0, filled(1, 1)), Status::ok);
  ASSERT_EQ(file->write(8191, filled(1, 2)), Status::ok);
  EXPECT_EQ(outcomes("/a").size(), 4U);
}

TEST_F(PowerCutDiskTest, ATruncationThatWasNotSyncedMayNotHaveHappened) {
  const auto file = settled("/a", filled(100, 1));
  ASSERT_EQ(file->truncate(0), Status::ok);
  EXPECT_EQ(outcomes("/a"), (std::set<std::optional<Bytes>>{filled(100, 1), Bytes{}}));
}

TEST_F(PowerCutDiskTest, ANewNameNeedsItsDirectorySynced) {
  auto file = disk.open("/a");
  ASSERT_EQ(file->write(0, filled(10, 1)), Status::ok);
  ASSERT_EQ(file->sync(), Status::ok);
  EXPECT_EQ(outcomes("/a"), (std::set<std::optional<Bytes>>{std::nullopt, filled(10, 1)}));
  ASSERT_EQ(disk.sync_directory_of("/b"), Status::ok);
  EXPECT_EQ(outcomes("/a"), (std::set<std::optional<Bytes>>{filled(10, 1)}));
}

TEST_F(PowerCutDiskTest, ARemovedNameMayComeBack) {
  settled("/a", filled(10, 1));
  ASSERT_EQ(disk.remove("/a"), Status::ok);
  EXPECT_EQ(outcomes("/a"), (std::set<std::optional<Bytes>>{std::nullopt, filled(10, 1)}));
}

TEST_F(PowerCutDiskTest, OnlyWithoutSafeOverwritesDoesATornSectorTakeItsNeighboursAlong) {
  PowerCutDisk rough{DiskTraits{.powersafe_overwrite = false}};
  auto file = rough.open("/a");
  ASSERT_EQ(file->write(0, filled(512, 1)), Status::ok);
  ASSERT_EQ(file->sync(), Status::ok);
  ASSERT_EQ(rough.sync_directory_of("/a"), Status::ok);
  ASSERT_EQ(file->write(256, filled(256, 2)), Status::ok);
  int spoilt = 0;
  for (int i = 0; i < 500; ++i) {
    const Bytes contents = rough.image_after_power_cut(rng).at("/a");
    if (!std::all_of(contents.begin(), contents.begin() + 256, [](auto b) { return b == 1; })) {
      ++spoilt;
    }
  }
  EXPECT_GT(spoilt, 0);
}

TEST_F(PowerCutDiskTest, ADeadProcessGetsNothingButErrors) {
  const auto file = settled("/a", filled(10, 1));
  disk.die_at(2);
  EXPECT_EQ(file->write(0, filled(10, 2)), Status::ok);
  EXPECT_EQ(file->write(0, filled(10, 3)), Status::dead);
  EXPECT_EQ(file->sync(), Status::dead);
  EXPECT_FALSE(file->read(0, 1));
  EXPECT_FALSE(disk.open("/a"));
  disk.kill();
  EXPECT_EQ(file->write(0, filled(10, 4)), Status::dead) << "its files stay closed";
  EXPECT_TRUE(disk.open("/a"));
}

TEST_F(PowerCutDiskTest, KillingLeavesWhatTheKernelHas) {
  const auto file = settled("/a", filled(10, 1));
  ASSERT_EQ(file->write(0, filled(10, 2)), Status::ok);
  disk.kill();
  EXPECT_EQ(disk.image_now().at("/a"), filled(10, 2));
}

TEST_F(PowerCutDiskTest, AFailedSyncLosesWhatItShouldHaveWritten) {
  const auto file = settled("/a", filled(10, 1));
  ASSERT_EQ(file->write(0, filled(10, 2)), Status::ok);
  disk.fail_syncs(true);
  EXPECT_EQ(file->sync(), Status::sync_failed);
  disk.fail_syncs(false);
  EXPECT_EQ(file->sync(), Status::ok);
  EXPECT_EQ(disk.image_now().at("/a"), filled(10, 2));
  EXPECT_EQ(outcomes("/a"), (std::set<std::optional<Bytes>>{filled(10, 1)}));
}

TEST_F(PowerCutDiskTest, ThereIsNoMoreSpaceThanTheCapacity) {
  disk.set_capacity(100);
  auto file = disk.open("/a");
  EXPECT_EQ(file->write(0, filled(100, 1)), Status::ok);
  EXPECT_EQ(file->write(50, filled(50, 2)), Status::ok) << "overwriting takes none";
  EXPECT_EQ(file->write(100, filled(1, 1)), Status::full);
  ASSERT_EQ(file->truncate(10), Status::ok);
  EXPECT_EQ(file->write(10, filled(90, 1)), Status::ok);
}

TEST_F(PowerCutDiskTest, TheSameSeedLosesTheSame) {
  auto file = disk.open("/a");
  for (std::size_t i = 0; i < 50; ++i) {
    ASSERT_EQ(file->write(i * 700, filled(900, static_cast<std::uint8_t>(i))), Status::ok);
  }
  PowerCutDisk::Rng one{42};
  PowerCutDisk::Rng same{42};
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(disk.image_after_power_cut(one), disk.image_after_power_cut(same));
  }
}

}  // namespace
}  // namespace bisik::storage
