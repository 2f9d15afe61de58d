// Invariant I1 where writes are held back: what was committed is on the disk, and what is read is
// what was written. Power cuts over whole stores go through the same VFS (power_cut_test).
#include "storage/joining_vfs.hpp"

#include <gtest/gtest.h>

#include "storage/sqlite.hpp"
#include "tests/storage/power_cut_vfs.hpp"

namespace bisik::storage {
namespace {

constexpr const char* kHundredPages =
    "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
    "SELECT zeroblob(4000) FROM n";

class JoiningVfsTest : public testing::Test {
 protected:
  [[nodiscard]] DatabaseOptions options() const {
    return {.path = "t.db", .vfs = vfs.name(), .application_id = 1, .page_bytes = 4096};
  }

  PowerCutVfs vfs;
  PowerCutDisk& disk = vfs.disk();
};

TEST_F(JoiningVfsTest, WhatFollowsIsWrittenTogether) {
  Database database{options()};
  database.execute("CREATE TABLE t (a)");
  const auto before = disk.writes();
  database.execute(kHundredPages);
  EXPECT_LT(disk.writes() - before, 12);  // about 410 KiB in pieces of 124
}

TEST_F(JoiningVfsTest, WhatIsHeldIsThereForWhoeverReadsIt) {
  DatabaseOptions small = options();
  small.cache_bytes = 8 * 4096;  // pages leave memory within the transaction, and are read again
  Database database{small};
  database.execute("CREATE TABLE t (a); BEGIN");
  database.execute(kHundredPages);
  database.execute("UPDATE t SET a = randomblob(4000); UPDATE t SET a = zeroblob(4000)");
  EXPECT_EQ(database.pragma("SELECT count(*) FROM t WHERE a = zeroblob(4000)"), 100);
  database.execute("COMMIT");
  EXPECT_EQ(database.integrity_check(), std::nullopt);
}

TEST_F(JoiningVfsTest, ACommitThatReturnedOutlivesThePower) {
  {
    Database database{options()};
    database.execute("CREATE TABLE t (a)");
    database.execute(kHundredPages);
    PowerCutDisk::Rng rng{1};
    disk.power_cut(rng);
  }
  Database database{options()};
  EXPECT_EQ(database.pragma("SELECT count(*) FROM t"), 100);
}

TEST_F(JoiningVfsTest, AWriteThatFailsLateFailsItsCommit) {
  Database database{options()};
  database.execute("CREATE TABLE t (a)");
  disk.set_capacity(disk.used() + 100'000);
  EXPECT_THROW(database.execute(kHundredPages), StorageError);
  database.rollback();
  disk.set_capacity(std::nullopt);
  EXPECT_EQ(database.pragma("SELECT count(*) FROM t"), 0);
  database.execute(kHundredPages);
  EXPECT_EQ(database.integrity_check(), std::nullopt);
}

TEST(JoiningVfsName, OfAVfsThatSqliteDoesNotHaveIsRefused) {
  EXPECT_THROW(JoiningVfs{"no such disk"}, StorageError);
}

}  // namespace
}  // namespace bisik::storage
