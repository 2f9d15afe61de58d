#include "storage/sqlite.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/storage/power_cut_vfs.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::storage {
namespace {

using Kind = StorageError::Kind;

constexpr std::int64_t kOurs = 0x1234;
constexpr std::int64_t kOthers = 0x4321;

class SqliteTest : public testing::Test {
 protected:
  [[nodiscard]] DatabaseOptions options() const {
    return {.path = path, .application_id = kOurs, .page_bytes = 4096};
  }

  // What opening the file ends with; nothing if it opens.
  [[nodiscard]] static std::optional<Kind> refusal(const DatabaseOptions& options) {
    try {
      Database database{options};
      return std::nullopt;
    } catch (const StorageError& error) {
      EXPECT_NE(std::string{error.what()}.find(options.path), std::string::npos)
          << "the message does not name the file: " << error.what();
      return error.kind();
    }
  }

  void write_file(std::string_view contents) const {
    std::ofstream{path, std::ios::binary} << contents;
  }

  [[nodiscard]] unsigned mode_of(const std::string& file) const {
    struct stat found {};
    EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
    return found.st_mode & 0777U;
  }

  TemporaryFolder folder;
  const std::string path = folder.file("test.db");
};

TEST_F(SqliteTest, FilesAreForTheirOwnerAlone) {
  Database database{options()};
  database.execute("CREATE TABLE t (a)");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(path + "-wal"), 0600U);
}

TEST_F(SqliteTest, AFileThatOthersCouldReadIsTakenFromThem) {
  { Database database{options()}; }
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  Database database{options()};
  EXPECT_EQ(mode_of(path), 0600U);
}

TEST_F(SqliteTest, ThereIsNeverASharedMemoryFile) {
  for (int round = 0; round < 2; ++round) {  // the second finds a file that is in WAL mode already
    Database database{options()};
    database.execute("CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES (1)");
    EXPECT_TRUE(std::filesystem::exists(path + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(path + "-shm")) << "round " << round;
  }
}

TEST_F(SqliteTest, TheSettingsAreInForce) {
  Database database{options()};
  EXPECT_EQ(database.pragma("PRAGMA page_size"), 4096);
  EXPECT_EQ(database.pragma("PRAGMA auto_vacuum"), 2) << "incremental";
  EXPECT_EQ(database.pragma("PRAGMA synchronous"), 2) << "full";
  EXPECT_EQ(database.pragma("PRAGMA temp_store"), 2) << "memory";
  EXPECT_EQ(database.pragma("PRAGMA trusted_schema"), 0);
  EXPECT_EQ(database.pragma("PRAGMA cell_size_check"), 1);
  EXPECT_EQ(database.pragma("PRAGMA secure_delete"), 0);
  EXPECT_EQ(database.pragma("PRAGMA application_id"), kOurs);
}

TEST_F(SqliteTest, OpeningACurrentDatabaseSyncsNothing) {
  PowerCutVfs vfs;
  DatabaseOptions options{
      .path = "test.db", .vfs = vfs.name(), .application_id = kOurs, .page_bytes = 4096};
  Database{options}.execute("CREATE TABLE t (a)");
  const DiskImage before = vfs.disk().image_now();
  const std::int64_t syncs = vfs.disk().syncs();
  ASSERT_GT(syncs, 0) << "this test would not notice";
  EXPECT_EQ(Database{options}.pragma("PRAGMA auto_vacuum"), 2) << "without being said again";
  EXPECT_EQ(vfs.disk().syncs(), syncs);
  EXPECT_EQ(vfs.disk().image_now(), before);
}

TEST_F(SqliteTest, EveryCommitButTheFirstIsOneSync) {
  PowerCutVfs vfs;
  Database database{
      {.path = "test.db", .vfs = vfs.name(), .application_id = kOurs, .page_bytes = 4096}};
  database.execute("CREATE TABLE t (a)");
  const std::int64_t syncs = vfs.disk().syncs();
  database.execute("INSERT INTO t VALUES (1)");
  EXPECT_EQ(vfs.disk().syncs(), syncs + 1);
}

TEST_F(SqliteTest, ASecondConnectionIsTurnedAway) {
  std::optional<Database> first{options()};
  EXPECT_EQ(refusal(options()), Kind::busy);
  first->execute("CREATE TABLE t (a)");
  EXPECT_EQ(refusal(options()), Kind::busy);
  first.reset();
  EXPECT_EQ(refusal(options()), std::nullopt);
}

TEST_F(SqliteTest, ADirectoryInPlaceOfTheFileIsAnIoError) {
  std::filesystem::create_directory(path);
  EXPECT_EQ(refusal(options()), Kind::io);
}

TEST_F(SqliteTest, AMissingFolderIsAnIoError) {
  DatabaseOptions elsewhere = options();
  elsewhere.path = folder.file("absent/test.db");
  EXPECT_EQ(refusal(elsewhere), Kind::io);
}

TEST_F(SqliteTest, ATextFileIsNoDatabaseAndStaysAsItIs) {
  const std::string text(5000, 'x');
  write_file(text);
  EXPECT_EQ(refusal(options()), Kind::corrupt);
  std::ifstream file{path, std::ios::binary};
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>{file}, {}), text);
}

TEST_F(SqliteTest, AnotherProgramsDatabaseIsRefusedAndStaysAsItIs) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  sqlite3_exec(other, "PRAGMA auto_vacuum = FULL; CREATE TABLE theirs (a)", nullptr, nullptr,
               nullptr);
  sqlite3_close(other);
  std::ifstream before{path, std::ios::binary};
  const std::string contents(std::istreambuf_iterator<char>{before}, {});
  EXPECT_EQ(refusal(options()), Kind::not_ours);
  std::ifstream after{path, std::ios::binary};
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>{after}, {}), contents);
}

TEST_F(SqliteTest, TheOtherHalfsDatabaseIsRefused) {
  { Database database{options()}; }
  DatabaseOptions others = options();
  others.application_id = kOthers;
  EXPECT_EQ(refusal(others), Kind::not_ours);
}

TEST_F(SqliteTest, AnEmptyFileBecomesADatabase) {
  write_file("");
  EXPECT_EQ(refusal(options()), std::nullopt);
}

TEST_F(SqliteTest, APathIsNeverReadAsAUri) {
  DatabaseOptions odd = options();
  odd.path = "file:" + folder.file("odd.db") + "?mode=memory";
  EXPECT_EQ(refusal(odd), Kind::io) << "there is no folder that begins with file:";
}

TEST_F(SqliteTest, EmptyAndAbsentValuesAreDifferent) {
  Database database{options()};
  database.execute("CREATE TABLE t (a, b, c)");
  Statement insert{database, "INSERT INTO t VALUES (?, ?, ?)"};
  insert.run(Blob{}, std::optional<std::int64_t>{}, std::string_view{});
  Statement select{database, "SELECT a, b, c FROM t"};
  Rows rows = select.query();
  ASSERT_TRUE(rows.next());
  EXPECT_TRUE(rows.is_blob(0));
  EXPECT_TRUE(rows.blob(0).empty());
  EXPECT_TRUE(rows.is_null(1));
  EXPECT_EQ(rows.optional_integer(1), std::nullopt);
  EXPECT_FALSE(rows.is_null(2));
  EXPECT_EQ(rows.text(2), "");
}

TEST_F(SqliteTest, AKeyOfTheWrongSizeIsCorruption) {
  Database database{options()};
  Statement select{database, "SELECT x'0102'"};
  Rows rows = select.query();
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.key<2>(0), (std::array<std::uint8_t, 2>{1, 2}));
  EXPECT_THROW(static_cast<void>(rows.key<32>(0)), StorageError);
}

TEST_F(SqliteTest, ATransactionThatIsNotCommittedChangesNothing) {
  Database database{options()};
  database.execute("CREATE TABLE t (a)");
  {
    Transaction transaction{database};
    database.execute("INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(database.pragma("SELECT count(*) FROM t"), 0);
  Transaction transaction{database};
  database.execute("INSERT INTO t VALUES (1)");
  transaction.commit();
  EXPECT_EQ(database.pragma("SELECT count(*) FROM t"), 1);
}

TEST_F(SqliteTest, ATypoIsOurOwnFaultOnceItIsAskedFor) {
  Database database{options()};
  Statement statement{database, "SELEKT 1"};
  try {
    statement.run();
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), Kind::other);
  }
}

}  // namespace
}  // namespace bisik::storage
