// Invariant I6 at rest: with the keys of another day in place, nothing opens what the disk may
// still have of the rows of the day before.
#include <gtest/gtest.h>

#include <random>

#include "client/problem.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/temporary_folder.hpp"
#include "tests/client/vault_scene.hpp"
#include "tests/storage/power_cut_vfs.hpp"

namespace bisik::client {
namespace {

using crypto::Bytes;

constexpr std::initializer_list<RowKind> kAllKinds{
    RowKind::profile, RowKind::key_ring, RowKind::one_time_key, RowKind::session, RowKind::message};

class VaultDayTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::initialise(); }

  [[nodiscard]] std::unique_ptr<Vault> open() { return ClosedVault{profile}.open(key_file_of(7)); }
  void close() { vault.reset(); }

  void put_one_of_each() {
    for (const auto kind : kAllKinds) put(*vault, kind, 1, "a row of some length");
    vault->commit();
  }

  // As they are on the disk. The vault must be closed.
  [[nodiscard]] std::vector<storage::Row> sealed(RowKind kind) const {
    return storage::ClientStore{profile.database().string()}.scan(
        {.kind = static_cast<std::int64_t>(kind)});
  }
  [[nodiscard]] Bytes sealed_day() const { return sealed(RowKind::day).at(0).value; }
  void put_on_disk(RowKind kind, const storage::Row& row) {
    storage::ClientStore{profile.database().string()}.put(static_cast<std::int64_t>(kind), row.id,
                                                          row.value);
  }
  void make_profile_of_an_old_version() {
    auto made = create_vault_keys(key_file_of(7), {});
    auto store = std::make_unique<storage::ClientStore>(profile.database().string());
    store->put(0, Bytes{0}, made.header.encode());
    vault = std::make_unique<Vault>(std::move(store), std::move(made.keys), VaultMethod::key_file);
    put_one_of_each();
    close();
    storage::Database database{{.path = profile.database().string(),
                                .application_id = storage::kClientApplicationId,
                                .page_bytes = storage::kClientPageBytes}};
    database.execute(
        "INSERT INTO rows SELECT * FROM keys; DROP TABLE keys; PRAGMA user_version = 1");
  }
  // How many of these stand in the database or its log.
  [[nodiscard]] std::size_t found(const std::vector<Bytes>& needles) const {
    std::string files;
    for (const auto& file : std::filesystem::directory_iterator{folder.path()}) {
      files += read_whole(file);
    }
    return static_cast<std::size_t>(std::ranges::count_if(needles, [&](const Bytes& needle) {
      return files.find(crypto::as_text(needle)) != std::string::npos;
    }));
  }

  TemporaryFolder folder;
  Profile profile = Profile::in(folder.path());
  std::unique_ptr<Vault> vault = ClosedVault{profile}.create(key_file_of(7), kToday);
};

// The nonce and the key, each alone: half of a copy is a copy.
std::array<Bytes, 2> parts(const Bytes& sealed) {
  return {Bytes{sealed.begin(), sealed.begin() + 24},
          Bytes{sealed.begin() + 32, sealed.begin() + 64}};
}

TEST_F(VaultDayTest, ADayIsOverAfterADayAndWhenTheClockIsBehindIt) {
  EXPECT_FALSE(vault->is_day_over(kToday));
  EXPECT_FALSE(vault->is_day_over(kTomorrow - std::chrono::seconds{1}));
  EXPECT_TRUE(vault->is_day_over(kTomorrow));
  EXPECT_TRUE(vault->is_day_over(kToday - std::chrono::seconds{1}));
  EXPECT_EQ(vault->day_ends(), kTomorrow);
  vault->change_day(kTomorrow);
  EXPECT_FALSE(vault->is_day_over(kTomorrow));
  EXPECT_TRUE(vault->is_day_over(kToday));
  vault->change_day(kToday);
  EXPECT_FALSE(vault->is_day_over(kToday));
}

TEST_F(VaultDayTest, ADayOutlivesTheProcessThatBeganIt) {
  vault->change_day(kTomorrow);
  close();
  vault = open();
  EXPECT_EQ(vault->day_ends(), kTomorrow + kVaultDay);
}

TEST_F(VaultDayTest, RowsReadTheSameOnAnotherDay) {
  put_one_of_each();
  const auto before = rows_of(*vault, kAllKinds);
  EXPECT_EQ(before.size(), 5U);
  vault->change_day(kTomorrow);
  EXPECT_EQ(rows_of(*vault, kAllKinds), before);
  put(*vault, RowKind::session, 2, "written with the new key");
  vault->commit();
  close();
  const auto after = rows_of(*open(), kAllKinds);
  EXPECT_EQ(after.size(), 6U);
  EXPECT_EQ(after.at({RowKind::session, 1}), "a row of some length");
  EXPECT_EQ(after.at({RowKind::session, 2}), "written with the new key");
}

TEST_F(VaultDayTest, EachRowOfTheKindsThatHoldKeysIsSealedAnewAndNoOther) {
  put_one_of_each();
  close();
  std::map<RowKind, std::vector<storage::Row>> before;
  for (const auto kind : kAllKinds) before[kind] = sealed(kind);
  vault = open();
  vault->change_day(kTomorrow);
  close();
  for (const auto kind : kAllKinds) {
    const auto after = sealed(kind);
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0].id, before[kind][0].id);
    EXPECT_EQ(after[0].value == before[kind][0].value, !changes_daily(kind));
  }
}

// Whoever has the key file and, from anywhere, rows of the day before.
TEST_F(VaultDayTest, RowsOfTheDayBeforeOpenOnlyWithTheKeyOfThatDay) {
  put_one_of_each();
  close();
  const auto old_day = sealed(RowKind::day).at(0);
  std::map<RowKind, storage::Row> old_rows;
  for (const auto kind : kDailyKinds) old_rows[kind] = sealed(kind).at(0);
  vault = open();
  vault->change_day(kTomorrow);
  close();
  for (const auto& [kind, row] : old_rows) {
    put_on_disk(kind, row);
    EXPECT_THROW((void)open()->all(kind), Problem);
  }
  put_on_disk(RowKind::day, old_day);
  for (const auto kind : kDailyKinds) EXPECT_EQ(open()->all(kind).size(), 1U);
}

TEST_F(VaultDayTest, TheFilesHoldNeitherTheOldKeyNorTheOldRows) {
  put_one_of_each();
  close();
  std::vector<Bytes> old{sealed_day()};
  for (const auto kind : kDailyKinds) old.push_back(sealed(kind).at(0).value);
  EXPECT_EQ(found(old), 4U) << "or this test sees nothing";
  vault = open();
  vault->change_day(kTomorrow);
  EXPECT_EQ(found(old), 0U) << "while the process goes on";
  close();
  EXPECT_EQ(found(old), 0U);
}

// The same change in a database that forgets without overwriting, which is what a test of the files
// must notice.
TEST_F(VaultDayTest, WithoutSecureDeleteTheFilesHoldOldRows) {
  put_one_of_each();
  close();
  const std::vector<Bytes> old{sealed(RowKind::session).at(0).value};
  {
    storage::Database database{{.path = profile.database().string(),
                                .application_id = storage::kClientApplicationId,
                                .page_bytes = storage::kClientPageBytes,
                                .secure_delete = false}};
    database.execute("DELETE FROM keys");
    database.truncate_wal();
  }
  EXPECT_EQ(found(old), 1U);
}

// A profile as versions had it that knew no days: every kind under a key of the master key, and all
// rows in one table.
TEST_F(VaultDayTest, AProfileWithoutADayOpensAndHasOneAfterTheFirstChange) {
  put_one_of_each();
  const auto rows = rows_of(*vault, kAllKinds);
  close();
  std::filesystem::remove(profile.database());
  make_profile_of_an_old_version();
  vault = open();
  EXPECT_EQ(rows_of(*vault, kAllKinds), rows);
  EXPECT_TRUE(vault->is_day_over(kToday));
  vault->change_day(kToday);
  close();
  vault = open();
  EXPECT_EQ(rows_of(*vault, kAllKinds), rows);
  EXPECT_FALSE(vault->is_day_over(kToday));
  EXPECT_EQ(vault->day_ends(), kTomorrow);
}

// Pages are split, merged and filled again over a day; what SQLite leaves between the rows of a
// page must not be a key.
TEST_F(VaultDayTest, NoOldKeyOutlastsDaysOfWork) {
  std::mt19937_64 rng{1};
  constexpr std::array kKinds{RowKind::profile, RowKind::key_ring, RowKind::one_time_key,
                              RowKind::contact, RowKind::session,  RowKind::message};
  std::vector<Bytes> old;
  std::vector<Bytes> old_sessions;
  for (int day = 1; day <= 40; ++day) {
    for (int i = 0; i < 60; ++i) {
      const std::string value(rng() % 4 == 0 ? 0 : 40 + rng() % 1500, 'v');
      put(*vault, kKinds[rng() % kKinds.size()], rng() % 12, value);
      if (rng() % 3 == 0) vault->commit();
    }
    vault->commit();
    close();
    for (const auto& part : parts(sealed_day())) old.push_back(part);
    ASSERT_EQ(found({old.end() - 2, old.end()}), 2U);
    for (const auto& row : sealed(RowKind::session)) {
      for (const auto& part : parts(row.value)) old_sessions.push_back(part);
    }
    vault = open();
    vault->change_day(kToday + day * kVaultDay);
    ASSERT_EQ(found(old), 0U) << "of " << day << " days";
  }
  EXPECT_EQ(found(old_sessions), 0U) << "sealed with them";
}

TEST_F(VaultDayTest, ADamagedDayIsDamageOfTheProfile) {
  close();
  auto day = sealed(RowKind::day).at(0);
  day.value[30] ^= 1;
  put_on_disk(RowKind::day, day);
  try {
    (void)open();
    FAIL() << "opened";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), ExitCode::unexpected);
  }
}

TEST(VaultDayOnAFullDisk, TheOldDayGoesOnUntilThereIsRoom) {
  crypto::initialise();
  storage::PowerCutVfs vfs;
  auto vault =
      ClosedVault{std::make_unique<storage::ClientStore>("/profile.db", vfs.name())}.create(
          key_file_of(7), kToday);
  for (std::uint64_t i = 0; i < 50; ++i) put(*vault, RowKind::session, i, std::string(3000, 's'));
  vault->commit();
  vault->truncate_log();
  const auto before = rows_of(*vault, {RowKind::session});
  vfs.disk().set_capacity(vfs.disk().used() + 20'000);
  EXPECT_THROW(vault->change_day(kTomorrow), storage::StorageError);
  EXPECT_TRUE(vault->is_day_over(kTomorrow));
  EXPECT_EQ(rows_of(*vault, {RowKind::session}), before);
  vfs.disk().set_capacity(std::nullopt);
  vault->change_day(kTomorrow);
  EXPECT_FALSE(vault->is_day_over(kTomorrow));
  EXPECT_EQ(rows_of(*vault, {RowKind::session}), before);
}

}  // namespace
}  // namespace bisik::client
