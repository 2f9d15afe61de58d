// Another day of the vault on a disk that loses power: the profile opens with the old key or the
// new one, whatever the moment, and every row is as the last commit left it (I4, I6).
#include <gtest/gtest.h>

#include "client/problem.hpp"
#include "crypto/sodium.hpp"
#include "tests/client/vault_scene.hpp"
#include "tests/storage/power_cut_trial.hpp"

namespace bisik::client {
namespace {

constexpr std::array kKinds{RowKind::session, RowKind::one_time_key, RowKind::message};

class VaultWitness {
 public:
  using State = OpenRows;

  State promised;
  State possible;

  [[nodiscard]] State read(const std::string& vfs) const {
    try {
      const auto vault = open(vfs);
      return rows_of(*vault, {kKinds[0], kKinds[1], kKinds[2]});
    } catch (const Problem& damaged) {
      throw storage::StorageError{storage::StorageError::Kind::corrupt, damaged.what()};
    }
  }

  void work(const std::string& vfs, storage::PowerCutDisk::Rng& rng) {
    for (int day = 0; day < 12; ++day) {
      {
        const auto vault = open(vfs);
        for (int batch = 0; batch < 3; ++batch) commit_some(*vault, rng);
      }
      another_day(vfs);
    }
  }

  void adopt(const State& state) { promised = possible = state; }

 protected:
  ~VaultWitness() = default;

  [[nodiscard]] static std::unique_ptr<Vault> open(const std::string& vfs) {
    ClosedVault closed{std::make_unique<storage::ClientStore>("/profile.db", vfs)};
    if (closed.method()) return std::move(closed).open(key_file_of(7));
    return std::move(closed).create(key_file_of(7), kToday);
  }

  virtual void another_day(const std::string& vfs) {
    const auto vault = open(vfs);
    vault->change_day(vault->day_ends());
  }

 private:
  void commit_some(Vault& vault, storage::PowerCutDisk::Rng& rng) {
    auto next = promised;
    for (int i = 0; i < 4; ++i) {
      const auto kind = kKinds[rng() % kKinds.size()];
      const auto order = rng() % 6;
      const std::string value(rng() % 3000, static_cast<char>('a' + rng() % 26));
      put(vault, kind, order, value);
      next.erase({kind, order});
      if (!value.empty()) next[{kind, order}] = value;
    }
    possible = next;
    vault.commit();
    promised = next;
  }
};

class OneCommit final : public VaultWitness {};

// The mistake: the new key first, then the rows that it opens.
class TwoCommits final : public VaultWitness {
 private:
  using Kind = std::int64_t;
  static constexpr std::array kSealed{static_cast<Kind>(RowKind::day),
                                      static_cast<Kind>(RowKind::one_time_key),
                                      static_cast<Kind>(RowKind::session)};

  void another_day(const std::string& vfs) override {
    const auto before = rows(vfs);
    VaultWitness::another_day(vfs);
    const auto after = rows(vfs);
    storage::ClientStore store{"/profile.db", vfs};
    write(store, before, kSealed);
    write(store, after, std::span{kSealed}.first(1));
    write(store, after, std::span{kSealed}.subspan(1));
  }

  using Rows = std::map<Kind, std::vector<storage::Row>>;
  static Rows rows(const std::string& vfs) {
    storage::ClientStore store{"/profile.db", vfs};
    Rows rows;
    for (const auto kind : kSealed) rows[kind] = store.scan({.kind = kind});
    return rows;
  }
  static void write(storage::ClientStore& store, const Rows& rows, std::span<const Kind> kinds) {
    storage::WriteBatch batch;
    for (const auto kind : kinds) {
      for (const auto& row : rows.at(kind)) batch.put(kind, row.id, row.value);
    }
    store.commit(batch);
  }
};

class VaultPowerCutTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::initialise(); }
};

TEST_F(VaultPowerCutTest, ADayThatEndsInAPowerCutLosesNoRowAndNoKey) {
  const auto result = storage::PowerCutTrial<OneCommit>{{.cuts = storage::cuts_or(400)}}.run();
  EXPECT_EQ(result.forgotten, 0) << testing::PrintToString(result);
  EXPECT_EQ(result.unreadable, 0) << testing::PrintToString(result);
}

TEST_F(VaultPowerCutTest, TheKeyAndItsRowsInTwoCommitsIsNoticed) {
  const auto result = storage::PowerCutTrial<TwoCommits>{{.cuts = 100}}.run();
  EXPECT_GT(result.unreadable, 0) << testing::PrintToString(result);
}

}  // namespace
}  // namespace bisik::client
