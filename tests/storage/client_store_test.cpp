#include "storage/client_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/storage/power_cut_vfs.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::storage {
namespace {

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

class ClientStoreTest : public testing::Test {
 protected:
  // The ids of a scan, joined.
  [[nodiscard]] std::string ids(const Scan& scan) {
    std::string joined;
    for (const Row& row : store->scan(scan)) joined.append(row.id.begin(), row.id.end());
    return joined;
  }
  void put(std::int64_t kind, std::string_view id, std::string_view value) {
    store->put(kind, bytes(id), bytes(value));
  }
  [[nodiscard]] bool planted_is_in(const std::string& file) const {
    std::ifstream stream{file, std::ios::binary};
    const std::string contents(std::istreambuf_iterator<char>{stream}, {});
    return contents.find(kPlanted) != std::string::npos;
  }

  static constexpr std::string_view kPlanted = "PLANTED-SECRET-TEXT-OF-ALICE";

  TemporaryFolder folder;
  const std::string path = folder.file("profile.db");
  std::optional<ClientStore> store{path};
};

TEST_F(ClientStoreTest, ARowIsFoundByKindAndId) {
  put(1, "a", "one");
  put(2, "a", "two");
  EXPECT_EQ(store->get(1, bytes("a")), bytes("one"));
  EXPECT_EQ(store->get(2, bytes("a")), bytes("two"));
  EXPECT_EQ(store->get(1, bytes("b")), std::nullopt);
  EXPECT_EQ(store->get(3, bytes("a")), std::nullopt);
}

TEST_F(ClientStoreTest, PuttingAgainReplacesTheValue) {
  put(1, "a", "one");
  put(1, "a", "");
  EXPECT_EQ(store->get(1, bytes("a")), Bytes{});
  EXPECT_EQ(store->count(1), 1);
}

TEST_F(ClientStoreTest, AnErasedRowIsGone) {
  put(1, "a", "one");
  store->erase(1, bytes("a"));
  store->erase(1, bytes("never there"));
  EXPECT_EQ(store->get(1, bytes("a")), std::nullopt);
  EXPECT_EQ(store->count(1), 0);
}

TEST_F(ClientStoreTest, ABatchIsAppliedInItsOrder) {
  WriteBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.put(1, bytes("a"), bytes("first"));
  batch.erase(1, bytes("a"));
  batch.put(1, bytes("b"), bytes("first"));
  batch.put(1, bytes("b"), bytes("second"));
  store->commit(batch);
  EXPECT_EQ(store->get(1, bytes("a")), std::nullopt);
  EXPECT_EQ(store->get(1, bytes("b")), bytes("second"));
}

TEST_F(ClientStoreTest, ScansAreOrderedBoundedAndOfOneKind) {
  for (const char* id : {"c", "a", "e", "b", "d"}) put(2, id, id);
  put(1, "x", "");
  put(3, "y", "");
  const Bytes b = bytes("b");
  const Bytes d = bytes("d");
  EXPECT_EQ(ids({.kind = 2}), "abcde");
  EXPECT_EQ(ids({.kind = 2, .first = b}), "bcde");
  EXPECT_EQ(ids({.kind = 2, .first = b, .last = d}), "bc");
  EXPECT_EQ(ids({.kind = 2, .limit = 2}), "ab");
  EXPECT_EQ(ids({.kind = 2, .limit = 2, .reverse = true}), "ed");
  EXPECT_EQ(ids({.kind = 2, .last = d, .limit = 2, .reverse = true}), "cb");
  EXPECT_EQ(ids({.kind = 2, .first = d, .last = b}), "");
  EXPECT_EQ(ids({.kind = 4}), "");
}

TEST_F(ClientStoreTest, IdsAreOrderedByTheirBytes) {
  for (const std::string_view id : {"ab", "a", "b", "aa"}) put(1, id, "");
  store->put(1, Bytes{0xFF}, {});
  store->put(1, Bytes{}, {});
  std::vector<Bytes> found;
  for (const Row& row : store->scan({.kind = 1})) found.push_back(row.id);
  EXPECT_EQ(found, (std::vector<Bytes>{
                       {}, bytes("a"), bytes("aa"), bytes("ab"), bytes("b"), Bytes{0xFF}}));
}

TEST_F(ClientStoreTest, WhatWasCommittedIsThereAtTheNextOpening) {
  put(1, "a", "one");
  store.reset();
  store.emplace(path);
  EXPECT_EQ(store->get(1, bytes("a")), bytes("one"));
  EXPECT_EQ(store->integrity_check(), std::nullopt);
}

TEST_F(ClientStoreTest, ReadingAProfileSyncsNothing) {
  PowerCutVfs vfs;
  ClientStore{"profile.db", vfs.name()}.put(1, bytes("a"), bytes("one"));
  const std::int64_t syncs = vfs.disk().syncs();
  const DiskImage before = vfs.disk().image_now();
  {
    ClientStore again{"profile.db", vfs.name()};
    EXPECT_EQ(again.get(1, bytes("a")), bytes("one"));
    again.truncate_wal();  // as a clean exit does
  }
  EXPECT_EQ(vfs.disk().syncs(), syncs);
  EXPECT_EQ(vfs.disk().image_now(), before);
}

TEST_F(ClientStoreTest, OneOwnerAtATime) {
  try {
    ClientStore second{path};
    FAIL() << "two owners of one profile";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::busy);
  }
}

TEST_F(ClientStoreTest, ErasedBytesAreNowhereOnceTheLogIsTruncated) {
  put(1, "a", kPlanted);
  put(1, "b", std::string(9000, 'x') + std::string{kPlanted});  // reaches into further pages
  store->truncate_wal();
  ASSERT_TRUE(planted_is_in(path)) << "this test would not notice";
  store->erase(1, bytes("a"));
  put(1, "b", "replaced");
  store->truncate_wal();
  EXPECT_FALSE(planted_is_in(path));
  EXPECT_FALSE(planted_is_in(path + "-wal"));
}

}  // namespace
}  // namespace bisik::storage
