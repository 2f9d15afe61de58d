// The relay's store on a disk that forgets (invariant I1): what a commit returned from is there
// after every power cut, a batch is there as a whole or not at all, and what was acknowledged by
// its reader does not come back.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "storage/sqlite_relay_store.hpp"
#include "tests/storage/power_cut_trial.hpp"

namespace bisik::storage {
namespace {

constexpr int kQueuesOfTrial = 3;
constexpr int kCheckpointBytesHere = 100'000;  // every few batches, so that cuts fall into it
constexpr Day kDayOfTrial = 19'000;

struct Waiting {
  Sequence sequence;
  std::uint64_t number;  // of the cell in the whole trial: envelope id and bytes follow from it

  bool operator==(const Waiting&) const = default;
};

Id queue_id(int queue) {
  Id id{};
  id.fill(static_cast<std::uint8_t>(queue + 1));
  return id;
}

EnvelopeId envelope_of(std::uint64_t number) {
  EnvelopeId envelope{};
  for (std::size_t i = 0; i < 8; ++i) {
    envelope.at(i) = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return envelope;
}

std::uint64_t number_of(const EnvelopeId& envelope) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8U | envelope.at(i);
  return number;
}

Bytes bytes_of(std::uint64_t number) {
  constexpr std::size_t kSizes[] = {4096, 4096, 4096, 40, 1000, 16'384};
  Bytes bytes(kSizes[number % std::size(kSizes)]);
  std::uint64_t stream = number;
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(stream >> 56U);
    stream += 0x9E3779B97F4A7C15U;  // the golden ratio: neighbours and sectors all differ
  }
  return bytes;
}

template <Synchronous kSynchronous>
class RelayWitness {
 public:
  using State = std::map<int, std::vector<Waiting>>;  // by queue; absent: no such queue

  State promised;
  State possible;

  [[nodiscard]] State read(const std::string& vfs) {
    SqliteRelayStore store{options(vfs)};
    if (const auto fault = store.integrity_check()) {
      throw StorageError{StorageError::Kind::corrupt, *fault};
    }
    State state;
    for (int queue = 0; queue < kQueuesOfTrial; ++queue) read_queue(store, queue, state);
    return state;
  }

  void work(const std::string& vfs, PowerCutDisk::Rng& rng) {
    SqliteRelayStore store{options(vfs)};
    for (int batch = 0; batch < 60; ++batch) commit_some(store, rng);
  }

  void adopt(const State& state) { promised = possible = state; }

 private:
  static RelayStoreOptions options(const std::string& vfs) {
    return {.path = "/relay.db",
            .vfs = vfs,
            .synchronous = kSynchronous,
            .checkpoint_bytes = kCheckpointBytesHere,
            .reserve_bytes = 1000};
  }

  static void read_queue(RelayStore& store, int queue, State& state) {
    const auto found = store.queues().find(queue_id(queue));
    if (!found) return;
    std::vector<Waiting>& waiting = state[queue];
    for (const Cell& cell : store.cells().read(queue_id(queue), 0, {10'000, 1LL << 40U})) {
      const std::uint64_t number = number_of(cell.envelope_id);
      if (cell.bytes != bytes_of(number)) {
        throw StorageError{StorageError::Kind::corrupt, "a cell has other bytes"};
      }
      waiting.push_back({cell.sequence, number});
    }
    if (found->cells_waiting != static_cast<std::int64_t>(waiting.size())) {
      throw StorageError{StorageError::Kind::corrupt, "a queue has miscounted"};
    }
  }

  void commit_some(RelayStore& store, PowerCutDisk::Rng& rng) {
    State next = promised;
    Batch batch{store};
    const std::uint64_t operations = 1 + rng() % 8;
    for (std::uint64_t i = 0; i < operations; ++i) {
      const int queue = static_cast<int>(rng() % kQueuesOfTrial);
      if (!next.contains(queue)) {
        store.queues().create(queue_id(queue), {.owner = {}, .read_key_hash = {}, .kind = 1});
        next[queue] = {};
      } else if (rng() % 20 == 0) {  // as with its device, or at its end
        EXPECT_TRUE(store.queues().remove(queue_id(queue)));
        next.erase(queue);
      } else if (next[queue].empty() || rng() % 5 < 3) {
        push(store, queue, next[queue]);
      } else {
        acknowledge(store, queue, next[queue], rng);
      }
    }
    if (rng() % 6 == 0) store.cells().sweep_envelopes(kDayOfTrial + 10, 20);
    possible = next;  // from here on it may be on the disk
    batch.commit();
    promised = next;
  }

  void push(RelayStore& store, int queue, std::vector<Waiting>& waiting) {
    const std::uint64_t number = ++last_number_;
    const Bytes bytes = bytes_of(number);
    const Pushed pushed = store.cells().push(queue_id(queue), {.envelope_id = envelope_of(number),
                                                               .hash = {},
                                                               .bytes = bytes,
                                                               .arrival_day = kDayOfTrial,
                                                               .expires_day = kDayOfTrial + 30});
    EXPECT_EQ(pushed.outcome, Pushed::Outcome::stored);
    waiting.push_back({pushed.sequence, number});
  }

  static void acknowledge(RelayStore& store, int queue, std::vector<Waiting>& waiting,
                          PowerCutDisk::Rng& rng) {
    const auto chosen = waiting.begin() + static_cast<std::ptrdiff_t>(rng() % waiting.size());
    EXPECT_TRUE(store.cells().acknowledge(queue_id(queue), chosen->sequence,
                                          envelope_of(chosen->number), kDayOfTrial));
    waiting.erase(chosen);
  }

  std::uint64_t last_number_ = 0;
};

void expect_nothing_lost(const TrialResult& result) {
  EXPECT_EQ(result.forgotten, 0) << testing::PrintToString(result);
  EXPECT_EQ(result.unreadable, 0) << testing::PrintToString(result);
}

TEST(PowerCutTest, NothingThatWasCommittedIsLostOrComesBack) {
  expect_nothing_lost(PowerCutTrial<RelayWitness<Synchronous::full>>{{.cuts = cuts_or(600)}}.run());
}

TEST(PowerCutTest, NothingIsLostWhenTornSectorsComeBackAsGarbage) {
  expect_nothing_lost(PowerCutTrial<RelayWitness<Synchronous::full>>{
      {.cuts = cuts_or(300),
       .traits = {.powersafe_overwrite = false},
       .seed = 2}}.run());
}

TEST(PowerCutTest, AStoreThatDoesNotWaitForTheDiskIsCaught) {
  const TrialResult result =
      PowerCutTrial<RelayWitness<Synchronous::normal>>{{.cuts = 100, .seed = 3}}.run();
  EXPECT_GT(result.forgotten, 0) << "this trial would not notice a missing sync";
}

}  // namespace
}  // namespace bisik::storage
