#include "storage/migration.hpp"

#include <gtest/gtest.h>

#include "tests/storage/power_cut_vfs.hpp"

namespace bisik::storage {
namespace {

constexpr const char* kSteps[] = {
    "CREATE TABLE t (a); INSERT INTO t VALUES (1)",
    "INSERT INTO t VALUES (2); INSERT INTO t VALUES (3)",
    "INSERT INTO t SELECT a + 10 FROM t",
};
constexpr std::int64_t kSumOfAll = (1 + 2 + 3) * 2 + 3 * 10;

class MigrationTest : public testing::Test {
 protected:
  [[nodiscard]] Database open() {
    return Database{{.path = "/m.db", .vfs = vfs.name(), .application_id = 1, .page_bytes = 4096}};
  }
  [[nodiscard]] static std::int64_t sum(Database& database) {
    return database.pragma("SELECT sum(a) FROM t");
  }

  PowerCutVfs vfs;
};

TEST_F(MigrationTest, ANewFileGoesThroughEveryStep) {
  Database database = open();
  migrate(database, kSteps);
  EXPECT_EQ(database.pragma("PRAGMA user_version"), 3);
  EXPECT_EQ(sum(database), kSumOfAll);
}

TEST_F(MigrationTest, StepsAlreadyTakenAreNotTakenAgain) {
  Database database = open();
  migrate(database, std::span{kSteps}.first(1));
  EXPECT_EQ(sum(database), 1);
  migrate(database, kSteps);
  migrate(database, kSteps);
  EXPECT_EQ(sum(database), kSumOfAll);
}

TEST_F(MigrationTest, ANewerFileIsRefusedAndStaysAsItIs) {
  Database database = open();
  migrate(database, kSteps);
  try {
    migrate(database, std::span{kSteps}.first(2));
    FAIL() << "a newer file was taken";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::newer_version);
  }
  EXPECT_EQ(database.pragma("PRAGMA user_version"), 3);
  EXPECT_EQ(sum(database), kSumOfAll);
}

TEST_F(MigrationTest, AFailingStepLeavesTheVersionBeforeIt) {
  Database database = open();
  constexpr const char* kBroken[] = {kSteps[0], "INSERT INTO t VALUES (2); INSERT INTO absent"};
  EXPECT_THROW(migrate(database, kBroken), StorageError);
  EXPECT_EQ(database.pragma("PRAGMA user_version"), 1);
  EXPECT_EQ(sum(database), 1) << "nothing of the step that failed";
}

TEST_F(MigrationTest, AMigrationCutAtAnyPointIsFinishedByTheNextOpening) {
  PowerCutDisk::Rng rng{7};
  for (std::int64_t point = 1; point < 100; ++point) {
    PowerCutVfs cut;
    const DatabaseOptions options{
        .path = "/m.db", .vfs = cut.name(), .application_id = 1, .page_bytes = 4096};
    cut.disk().die_at(point);
    try {
      Database database{options};
      migrate(database, kSteps);
    } catch (const StorageError&) {
      // died on the way
    }
    cut.disk().power_cut(rng);
    Database database{options};
    migrate(database, kSteps);
    ASSERT_EQ(sum(database), kSumOfAll) << "cut at change " << point;
  }
}

}  // namespace
}  // namespace bisik::storage
