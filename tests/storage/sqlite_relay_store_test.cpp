#include "storage/sqlite_relay_store.hpp"

#include <gtest/gtest.h>

#include <set>

#include "storage/client_store.hpp"
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

TEST_F(SqliteRelayStoreTest, TheServerViewKnowsEveryTable) {
  std::set<std::string> viewed{"invites", "meta"};  // these know no account
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
    batch.commit();
    for (const ViewRow& row : store.server_view(id(1))) viewed.insert(row.table);
  }
  std::set<std::string> tables;
  Database opened = database();
  Statement list{opened, "SELECT name FROM sqlite_schema WHERE type = 'table'"};
  for (Rows rows = list.query(); rows.next();) tables.emplace(rows.text(0));
  EXPECT_EQ(viewed, tables);
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
