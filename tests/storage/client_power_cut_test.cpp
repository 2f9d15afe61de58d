// The client's store on a disk that forgets (invariants I2 and I4 stand on it): what a commit
// returned from is there after every power cut, and a batch is there as a whole or not at all.
#include <gtest/gtest.h>

#include <map>

#include "storage/client_store.hpp"
#include "tests/storage/power_cut_trial.hpp"

namespace bisik::storage {
namespace {

constexpr std::int64_t kKinds = 3;

class ClientWitness {
 public:
  using State = std::map<std::pair<std::int64_t, Bytes>, Bytes>;

  State promised;
  State possible;

  [[nodiscard]] State read(const std::string& vfs) {
    ClientStore store{"/profile.db", vfs};
    if (const auto fault = store.integrity_check()) {
      throw StorageError{StorageError::Kind::corrupt, *fault};
    }
    State state;
    for (std::int64_t kind = 0; kind < kKinds; ++kind) {
      for (const Row& row : store.scan({.kind = kind})) state[{kind, row.id}] = row.value;
    }
    return state;
  }

  void work(const std::string& vfs, PowerCutDisk::Rng& rng) {
    ClientStore store{"/profile.db", vfs};
    for (int batch = 0; batch < 60; ++batch) {
      commit_some(store, rng);
      if (rng() % 10 == 0) store.truncate_wal();
    }
  }

  void adopt(const State& state) { promised = possible = state; }

 private:
  void commit_some(ClientStore& store, PowerCutDisk::Rng& rng) {
    State next = promised;
    WriteBatch batch;
    const std::uint64_t operations = 1 + rng() % 6;
    for (std::uint64_t i = 0; i < operations; ++i) {
      const auto kind = static_cast<std::int64_t>(rng() % kKinds);
      const Bytes id{static_cast<std::uint8_t>(rng() % 40)};
      if (rng() % 4 == 0) {
        batch.erase(kind, id);
        next.erase({kind, id});
      } else {
        const Bytes value(rng() % 5000, static_cast<std::uint8_t>(rng()));
        batch.put(kind, id, value);
        next[{kind, id}] = value;
      }
    }
    possible = next;
    store.commit(batch);
    promised = next;
  }
};

void expect_nothing_lost(const TrialResult& result) {
  EXPECT_EQ(result.forgotten, 0) << testing::PrintToString(result);
  EXPECT_EQ(result.unreadable, 0) << testing::PrintToString(result);
}

TEST(ClientPowerCutTest, ABatchIsThereAsAWholeOrNotAtAll) {
  expect_nothing_lost(PowerCutTrial<ClientWitness>{{.cuts = cuts_or(600)}}.run());
}

TEST(ClientPowerCutTest, NothingIsLostWhenTornSectorsComeBackAsGarbage) {
  expect_nothing_lost(PowerCutTrial<ClientWitness>{
      {.cuts = cuts_or(300),
       .traits = {.powersafe_overwrite = false},
       .seed = 2}}.run());
}

}  // namespace
}  // namespace bisik::storage
