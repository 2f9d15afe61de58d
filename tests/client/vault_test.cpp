#include "client/vault.hpp"

#include <gtest/gtest.h>

#include "client/problem.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/temporary_folder.hpp"
#include "tests/client/vault_scene.hpp"

namespace bisik::client {
namespace {

using crypto::Bytes;
using crypto::SecretBuffer;

constexpr crypto::PasswordCost kCheap{1, 8};  // tests are not attacked

SecretBuffer buffer(std::string_view text) {
  SecretBuffer out;
  out.append(crypto::as_bytes(text));
  return out;
}

std::string text(const SecretBuffer& row) { return std::string{crypto::as_text(row.expose())}; }

std::string text(const std::optional<SecretBuffer>& row) { return row ? text(*row) : "(absent)"; }

RowId id(std::string_view group, std::uint64_t order = 0) {
  return {{group.begin(), group.end()}, order};
}

VaultSecret passphrase(std::string_view words) { return {VaultMethod::passphrase, buffer(words)}; }

class VaultTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::initialise(); }

  [[nodiscard]] std::unique_ptr<Vault> create(const VaultSecret& with) {
    return ClosedVault{profile}.create(with, kToday, kCheap);
  }
  [[nodiscard]] std::unique_ptr<Vault> open(const VaultSecret& with) {
    return ClosedVault{profile}.open(with);
  }

  static void put(Vault& vault, RowKind kind, const RowId& row, std::string_view value) {
    std::vector<RowWrite> rows;
    rows.push_back({kind, row, buffer(value)});
    vault.stage(rows);
  }
  static void erase(Vault& vault, RowKind kind, const RowId& row) {
    std::vector<RowWrite> rows;
    rows.push_back({kind, row, std::nullopt});
    vault.stage(rows);
  }
  static std::string orders(const std::vector<StoredRow>& rows) {
    std::string all;
    for (const auto& row : rows) all += std::to_string(row.order) + "=" + text(row.value) + " ";
    return all;
  }

  template <class Change>
  void change_store(Change change) {
    storage::ClientStore store{profile.database().string()};
    change(store);
  }

  std::vector<storage::Row> rows_on_disk() {
    std::vector<storage::Row> rows;
    change_store([&](storage::ClientStore& store) { rows = store.scan({.kind = 0}); });
    return rows;
  }

  TemporaryFolder folder;
  Profile profile = Profile::in(folder.path());
  VaultSecret secret = passphrase("correct horse");
};

TEST_F(VaultTest, RowsComeBackWithTheRightPassphrase) {
  {
    auto vault = create(secret);
    put(*vault, RowKind::contact, id("bob"), "a contact");
    vault->commit();
  }
  EXPECT_EQ(ClosedVault{profile}.method(), VaultMethod::passphrase);
  EXPECT_EQ(text(open(secret)->get(RowKind::contact, id("bob"))), "a contact");
}

TEST_F(VaultTest, RowsComeBackWithTheKeyFile) {
  const auto key = create_key_file(profile.key_file());
  {
    auto vault = create(key);
    put(*vault, RowKind::contact, id("bob"), "a contact");
    vault->commit();
  }
  settle_key_file(profile.key_file());
  const auto vault = open(read_key_file(profile.key_file()));
  EXPECT_EQ(text(vault->get(RowKind::contact, id("bob"))), "a contact");
}

TEST_F(VaultTest, ACrashBeforeTheKeyIsInItsPlaceLosesNothing) {
  create(create_key_file(profile.key_file())).reset();
  EXPECT_FALSE(std::filesystem::exists(profile.key_file()));
  open(read_key_file(profile.key_file())).reset();
  EXPECT_TRUE(std::filesystem::exists(profile.key_file()));
}

TEST_F(VaultTest, AWrongPassphraseIsForThePersonToMendAndChangesNothing) {
  create(secret).reset();
  const auto before = rows_on_disk();
  try {
    open(passphrase("correct horsf")).reset();
    FAIL() << "opened";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), ExitCode::user);
    EXPECT_STREQ(problem.what(), "Wrong passphrase: try again.");
  }
  EXPECT_TRUE(rows_on_disk() == before);
}

TEST_F(VaultTest, AnotherKeyFileOpensNothing) {
  create(create_key_file(profile.key_file())).reset();
  const auto other = create_key_file(folder.path() / "other");
  EXPECT_THROW(open(other).reset(), Problem);
}

TEST_F(VaultTest, AKeyFileOfTheWrongLengthOrAbsentIsSaidToBeSo) {
  EXPECT_THROW((void)read_key_file(profile.key_file()), Problem);
  for (const std::size_t size : {0U, 31U, 33U, 4096U}) {
    write_whole(profile.key_file(), std::string(size, 'k'));
    EXPECT_THROW((void)read_key_file(profile.key_file()), Problem) << size;
  }
}

TEST_F(VaultTest, NothingReadableReachesTheDisk) {
  auto vault = create(secret);
  put(*vault, RowKind::message, id("bob-the-group", 7), "planted text of a message");
  vault->commit();
  vault.reset();
  for (const auto& file : std::filesystem::directory_iterator{folder.path()}) {
    const auto bytes = read_whole(file);
    EXPECT_EQ(bytes.find("planted text"), std::string::npos) << file;
    EXPECT_EQ(bytes.find("bob-the-group"), std::string::npos) << file;
    EXPECT_EQ(bytes.find("correct horse"), std::string::npos) << file;
  }
}

TEST_F(VaultTest, StagedRowsAreReadAtOnceAndKeptOnlyByCommit) {
  {
    auto vault = create(secret);
    put(*vault, RowKind::contact, id("bob"), "kept");
    vault->commit();
    put(*vault, RowKind::contact, id("bob"), "changed");
    put(*vault, RowKind::contact, id("eve"), "new");
    EXPECT_EQ(text(vault->get(RowKind::contact, id("bob"))), "changed");
    EXPECT_EQ(vault->all(RowKind::contact).size(), 2U);
    erase(*vault, RowKind::contact, id("bob"));
    EXPECT_EQ(text(vault->get(RowKind::contact, id("bob"))), "(absent)");
  }
  EXPECT_EQ(text(open(secret)->get(RowKind::contact, id("bob"))), "kept");
}

TEST_F(VaultTest, ARangeIsOrderedAndMixesTheStageWithTheDisk) {
  auto vault = create(secret);
  for (const std::uint64_t order : {1U, 2U, 3U, 256U, 65'536U}) {
    put(*vault, RowKind::message, id("bob", order), "d");
  }
  put(*vault, RowKind::message, id("alice", 4), "other group");
  vault->commit();
  erase(*vault, RowKind::message, id("bob", 2));
  erase(*vault, RowKind::message, id("bob", 65'536));
  put(*vault, RowKind::message, id("bob", 4), "s");
  put(*vault, RowKind::message, id("bob", 3), "s");
  put(*vault, RowKind::outbox, id("bob", 5), "other kind");

  const auto bob = crypto::as_bytes("bob");
  const auto read = [&](RowSource::Range range) {
    return orders(vault->range(RowKind::message, bob, range));
  };
  EXPECT_EQ(read({}), "1=d 3=s 4=s 256=d ");
  EXPECT_EQ(read({.limit = 2}), "1=d 3=s ");
  EXPECT_EQ(read({.limit = 2, .newest_first = true}), "256=d 4=s ");
  EXPECT_EQ(read({.first = 3, .end = 256}), "3=s 4=s ");
  vault->commit();
  EXPECT_EQ(read({}), "1=d 3=s 4=s 256=d ");
}

TEST_F(VaultTest, ARowOpensOnlyWhereItWasWritten) {
  {
    auto vault = create(secret);
    put(*vault, RowKind::contact, id("bob"), "bob");
    put(*vault, RowKind::contact, id("eve"), "eve");
    vault->commit();
  }
  change_store([](storage::ClientStore& store) {  // swap the two
    const auto kind = static_cast<std::int64_t>(RowKind::contact);
    const auto rows = store.scan({.kind = kind});
    ASSERT_EQ(rows.size(), 2U);
    store.put(kind, rows[0].id, rows[1].value);
    store.put(kind, rows[1].id, rows[0].value);
  });
  const auto vault = open(secret);
  EXPECT_THROW((void)vault->get(RowKind::contact, id("bob")), Problem);
  EXPECT_THROW((void)vault->all(RowKind::contact), Problem);
}

TEST_F(VaultTest, ARowMovedToAnotherKindDoesNotOpen) {
  {
    auto vault = create(secret);
    put(*vault, RowKind::contact, id("bob"), "bob");
    vault->commit();
  }
  change_store([](storage::ClientStore& store) {
    const auto row = store.scan({.kind = static_cast<std::int64_t>(RowKind::contact)}).at(0);
    store.put(static_cast<std::int64_t>(RowKind::link), row.id, row.value);
  });
  EXPECT_THROW((void)open(secret)->all(RowKind::link), Problem);
}

TEST_F(VaultTest, AFlippedBitAnywhereInARowIsNoticed) {
  {
    auto vault = create(secret);
    put(*vault, RowKind::contact, id("bob"), "bob");
    vault->commit();
  }
  const auto kind = static_cast<std::int64_t>(RowKind::contact);
  Bytes row_id;
  Bytes value;
  change_store([&](storage::ClientStore& store) {
    const auto row = store.scan({.kind = kind}).at(0);
    row_id = row.id;
    value = row.value;
  });
  for (std::size_t bit = 0; bit < value.size() * 8; bit += 61) {
    auto flipped = value;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    change_store([&](storage::ClientStore& store) { store.put(kind, row_id, flipped); });
    EXPECT_THROW((void)open(secret)->all(RowKind::contact), Problem) << bit;
  }
}

TEST_F(VaultTest, AFlippedHeaderIsDamageAndNotAWrongPassphrase) {
  create(secret).reset();
  auto header = rows_on_disk().at(0).value;
  ASSERT_EQ(header.size(), VaultHeader::kSize);
  for (std::size_t i = 0; i < header.size(); ++i) {
    header[i] ^= 1;
    EXPECT_FALSE(VaultHeader::decode(header)) << i;
    if (i + 1 < header.size()) header[i] ^= 1;
  }
  change_store([&](storage::ClientStore& store) { store.put(0, Bytes{0}, header); });
  try {
    (void)ClosedVault{profile};
    FAIL() << "opened";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), ExitCode::unexpected);
  }
}

TEST_F(VaultTest, KeysLieInLockedMemoryWhereTheSystemAllowsIt) {
  EXPECT_TRUE(create(secret)->keys_locked_in_memory());
}

}  // namespace
}  // namespace bisik::client
