#include "storage/client_store.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>

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

// Where SQLite moves rows between pages it leaves copies behind.
class ReplacedKeysTest : public testing::Test {
 protected:
  static constexpr std::int64_t kSmall = 3;
  static constexpr std::int64_t kLarge = 5;

  // Rows come, change and go; every value that there ever was begins with a mark of its own.
  void work() {
    for (int commit = 0; commit < 150; ++commit) {
      WriteBatch batch;
      for (std::uint64_t writes = 1 + rng_() % 16; writes > 0; --writes) {
        const bool is_small = rng_() % 2 == 0;
        const auto kind = is_small ? kSmall : kLarge;
        const Bytes id(40, static_cast<std::uint8_t>(rng_() % (is_small ? 10 : 100)));
        if (rng_() % 4 == 0) {
          batch.erase(kind, id);
          continue;
        }
        auto value = bytes(next_mark());
        value.resize(value.size() + (is_small ? 104 : 500 + rng_() % 1'000), 'v');
        batch.put(kind, id, value);
      }
      store_.commit(batch);
    }
  }
  [[nodiscard]] std::string next_mark() {
    const auto number = std::to_string(++marks_);
    return std::string{kMark} + std::string(kDigits - number.size(), '0') + number;
  }
  [[nodiscard]] std::ptrdiff_t marks_in_files() {
    store_.truncate_wal();
    std::set<std::string> found;
    for (const auto& [path, contents] : vfs_.disk().image_now()) {
      const std::string text{contents.begin(), contents.end()};
      for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1)) {
        found.insert(text.substr(at + kMark.size(), kDigits));
      }
    }
    return std::ssize(found);
  }
  [[nodiscard]] std::ptrdiff_t rows() { return store_.count(kSmall) + store_.count(kLarge); }

  static constexpr std::string_view kMark = "THE-MARK-OF-VALUE-";
  static constexpr std::size_t kDigits = 6;
  PowerCutVfs vfs_;
  ClientStore store_{"/profile.db", vfs_.name()};
  std::mt19937_64 rng_{1};
  int marks_ = 0;
};

TEST_F(ReplacedKeysTest, LeaveNothingBehind) {
  for (int round = 0; round < 20 && marks_in_files() <= rows(); ++round) work();
  EXPECT_GT(marks_in_files(), rows()) << "secure_delete alone leaves some";
  WriteBatch batch;
  batch.put(kLarge, bytes("new"), bytes("value"));
  batch.put(1, bytes("another table"), bytes("value"));
  store_.replace_keys(batch);
  EXPECT_EQ(marks_in_files(), 0);
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(store_.get(kLarge, bytes("new")), bytes("value"));
  EXPECT_EQ(store_.get(1, bytes("another table")), bytes("value"));
}

TEST_F(ClientStoreTest, ReplacingKeysLeavesOtherKindsAlone) {
  put(1, "a", "stays");
  for (const auto kind : kKeyKinds) put(kind, "a", "goes");
  store->replace_keys({});
  EXPECT_EQ(store->get(1, bytes("a")), bytes("stays"));
  for (const auto kind : kKeyKinds) EXPECT_EQ(store->count(kind), 0);
}

TEST_F(ClientStoreTest, AFileOfVersionOneKeepsItsRows) {
  for (const std::int64_t kind : {1, 2, 3, 4, 5, 6}) put(kind, "a", std::to_string(kind));
  store.reset();
  {
    Database database{
        {.path = path, .application_id = kClientApplicationId, .page_bytes = kClientPageBytes}};
    database.execute(
        "INSERT INTO rows SELECT * FROM keys; DROP TABLE keys; PRAGMA user_version = 1");
  }
  store.emplace(path);
  for (const std::int64_t kind : {1, 2, 3, 4, 5, 6}) {
    EXPECT_EQ(store->get(kind, bytes("a")), bytes(std::to_string(kind)));
  }
}

}  // namespace
}  // namespace bisik::storage
