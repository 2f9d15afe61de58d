#include "storage/sqlite_relay_store.hpp"

#include <gtest/gtest.h>

#include <set>

#include "storage/client_store.hpp"
#include "storage/migration.hpp"
#include "storage/relay_schema.hpp"
#include "tests/storage/power_cut_vfs.hpp"
#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

class SqliteRelayStoreTest : public testing::Test {
 protected:
  [[nodiscard]] SqliteRelayStore open() const { return SqliteRelayStore{{.path = path}}; }

  [[nodiscard]] Database database() const {
    return Database{
        {.path = path, .application_id = kRelayApplicationId, .page_bytes = kRelayPageBytes}};
  }

  TemporaryFolder folder;
  const std::string path = folder.file("relay.db");
};

TEST_F(SqliteRelayStoreTest, WhatWasCommittedIsThereAtTheNextOpening) {
  {
    SqliteRelayStore store = open();
    Batch batch{store};
    store.accounts().create(id(1), kToday);
    batch.commit();
  }
  SqliteRelayStore store = open();
  EXPECT_TRUE(store.accounts().find(id(1)));
}

TEST_F(SqliteRelayStoreTest, OpeningACurrentStoreSyncsNothing) {
  PowerCutVfs vfs;
  const RelayStoreOptions options{.path = "relay.db", .vfs = vfs.name()};
  static_cast<void>(SqliteRelayStore{options});
  const std::int64_t syncs = vfs.disk().syncs();
  const DiskImage before = vfs.disk().image_now();
  static_cast<void>(SqliteRelayStore{options});
  EXPECT_EQ(vfs.disk().syncs(), syncs);
  EXPECT_EQ(vfs.disk().image_now(), before);
}

TEST_F(SqliteRelayStoreTest, AClientsProfileIsNoRelaysStore) {
  { ClientStore profile{path}; }
  try {
    static_cast<void>(open());
    FAIL() << "took a profile for a relay's store";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::not_ours);
  }
}

TEST_F(SqliteRelayStoreTest, AStoreOfALaterVersionIsRefused) {
  {
    static_cast<void>(open());
    database().execute("PRAGMA user_version = 900");
  }
  try {
    static_cast<void>(open());
    FAIL() << "took a newer store";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::newer_version);
  }
}

// One envelope whose cell waits, and one whose cell went today.
constexpr const char* kRowsOfVersion2 = R"sql(
  INSERT INTO queues VALUES (5, unhex_of_30, NULL, NULL, unhex_of_31, 1, NULL, 3, 1, 3);
  INSERT INTO cells VALUES (1, 5, 2, x'22222222222222222222222222222222', 20000, 20030, x'616263');
  INSERT INTO envelopes VALUES (5, x'11111111111111111111111111111111', 1, unhex_of_41, 20002);
  INSERT INTO envelopes VALUES (5, x'22222222222222222222222222222222', 2, unhex_of_42, NULL);
)sql";

// `unhex_of_30` becomes a literal of 32 bytes 0x30.
std::string with_keys(std::string sql) {
  constexpr std::string_view kWord = "unhex_of_";
  for (auto at = sql.find(kWord); at != std::string::npos; at = sql.find(kWord, at)) {
    const std::string digits = sql.substr(at + kWord.size(), 2);
    std::string literal = "x'";
    for (int i = 0; i < 32; ++i) literal += digits;
    sql.replace(at, kWord.size() + 2, literal + "'");
  }
  return sql;
}

TEST_F(SqliteRelayStoreTest, AStoreOfVersion2KeepsItsEnvelopes) {
  Id queue{};
  queue.fill(0x30);
  Id hash{};
  hash.fill(0x41);
  EnvelopeId gone{};
  gone.fill(0x11);
  EnvelopeId waits{};
  waits.fill(0x22);
  {
    Database older = database();
    migrate(older, std::span{kRelaySteps}.first(2));
    older.execute(with_keys(kRowsOfVersion2).c_str());
  }
  SqliteRelayStore store = open();
  EXPECT_EQ(store.integrity_check(), std::nullopt);
  EXPECT_EQ(store.cells().recall(queue, gone, hash)->outcome, Pushed::Outcome::repeated);
  Batch batch{store};
  EXPECT_EQ(store.cells().sweep_envelopes(20001, 100), 0);
  EXPECT_EQ(store.cells().sweep_envelopes(20002, 100), 1);
  EXPECT_FALSE(store.cells().recall(queue, gone, hash));
  EXPECT_TRUE(store.cells().recall(queue, waits, hash));
  EXPECT_TRUE(store.cells().acknowledge(queue, 2, waits, 20002));
  batch.commit();
}

TEST_F(SqliteRelayStoreTest, TheServerViewKnowsEveryTable) {
  std::set<std::string> viewed{"invites", "grants", "meta"};  // these know no account
  {
    SqliteRelayStore store = open();
    const Bytes list = bytes("x");
    Batch batch{store};
    store.accounts().create(id(1), kToday);
    store.accounts().add_device(id(2), id(1), 1);
    store.bundles().publish_list(id(1), 1, list);
    store.bundles().publish_bundle(id(1), 1, 1, list);
    store.bundles().replace_one_time_keys({id(1), 1, OneTimeKind::x25519}, 1, list);
    store.queues().create(id(3), {id(1), id(4), 1});
    store.queues().put_write_key(id(3), id(5), {});
    store.cells().push(id(3), {envelope(6), id(7), list, kToday, kToday});
    store.cells().push(id(3), {envelope(8), id(9), list, kToday, kToday});
    store.cells().acknowledge(id(3), 1, envelope(6), kToday);
    batch.commit();
    for (const ViewRow& row : store.server_view(id(1))) viewed.insert(row.table);
  }
  std::set<std::string> tables;
  Database opened = database();
  Statement list{opened, "SELECT name FROM sqlite_schema WHERE type = 'table'"};
  for (Rows rows = list.query(); rows.next();) tables.emplace(rows.text(0));
  EXPECT_EQ(viewed, tables);
}

// The database grows when a log is copied into it, and then the log begins anew.
TEST_F(SqliteRelayStoreTest, OnlyALongLogIsCopiedInAPause) {
  SqliteRelayStore store{{.path = path, .pause_bytes = 100'000}};
  auto push = [&, next = std::uint8_t{0}](int cells) mutable {
    const Bytes cell(4096, 7);
    Batch batch{store};
    if (next == 0) store.queues().create(id(3), {std::nullopt, id(4), 1});
    for (int i = 0; i < cells; ++i) {
      store.cells().push(id(3), {envelope(next++), id(7), cell, kToday, kToday});
    }
    batch.commit();
  };
  push(20);  // behind the tables, which are in the log as well
  store.use_pause();
  const auto before = std::filesystem::file_size(path);
  push(5);
  store.use_pause();
  EXPECT_EQ(std::filesystem::file_size(path), before) << "what is short is left";
  push(50);
  store.use_pause();
  EXPECT_GT(std::filesystem::file_size(path), before + 50 * 4096);
  const auto log = std::filesystem::file_size(path + "-wal");
  push(40);
  EXPECT_EQ(std::filesystem::file_size(path + "-wal"), log) << "begun anew";
}

TEST_F(SqliteRelayStoreTest, SpaceThatDeletionsLeftIsGivenBack) {
  {
    SqliteRelayStore store = open();
    const Bytes large(61'440, 7);
    {
      Batch batch{store};
      store.queues().create(id(3), {std::nullopt, id(4), 1});
      for (std::uint8_t i = 0; i < 50; ++i) {
        store.cells().push(id(3), {envelope(i), id(7), large, kToday, kToday});
      }
      batch.commit();
    }
    Batch batch{store};
    EXPECT_EQ(store.cells().sweep(kToday, 1000), 50);
    batch.commit();
  }
  const auto full = std::filesystem::file_size(path);
  {
    SqliteRelayStore store = open();
    store.release_space(100'000);
  }
  EXPECT_LT(std::filesystem::file_size(path), full / 5);
}

}  // namespace
}  // namespace bisik::storage
