// Random operations on queues and cells, next to a model of a few maps that is plainly right: after
// every batch, committed or not, store and model must show the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "storage/limits.hpp"
#include "storage/sqlite_relay_store.hpp"
#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

constexpr std::uint8_t kQueues = 4;
constexpr std::uint8_t kEnvelopes = 12;

struct ModelEnvelope {
  Sequence sequence;
  std::uint8_t hash;
  std::optional<Day> forget_day;  // none while the cell waits
};

struct ModelCell {
  std::uint8_t envelope;
  Day expires_day;
  Bytes bytes;
};

struct ModelQueue {
  Sequence next_sequence = 1;
  std::map<Sequence, ModelCell> cells;
  std::map<std::uint8_t, ModelEnvelope> envelopes;

  void remove(Sequence sequence, Day today) {
    const auto cell = cells.find(sequence);
    envelopes.at(cell->second.envelope).forget_day = today + kEnvelopeMemoryDays;
    cells.erase(cell);
  }
};

using Model = std::map<std::uint8_t, ModelQueue>;

class RelayStoreModelTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::uint64_t below(std::uint64_t end) { return rng() % end; }
  std::uint8_t small(std::uint8_t end) { return static_cast<std::uint8_t>(below(end)); }

  void push() {
    const std::uint8_t queue = small(kQueues);
    const std::uint8_t number = small(kEnvelopes);
    const std::uint8_t hash = small(8) == 0 ? 2 : 1;
    const ModelCell cell{.envelope = number,
                         .expires_day = today + static_cast<Day>(below(6)),
                         .bytes = Bytes(below(6000), small(255))};
    const Pushed pushed = store.cells().push(id(queue), {.envelope_id = envelope(number),
                                                         .hash = id(hash),
                                                         .bytes = cell.bytes,
                                                         .arrival_day = today,
                                                         .expires_day = cell.expires_day});
    EXPECT_EQ(pushed, push_to_model(queue, cell, hash));
  }

  Pushed push_to_model(std::uint8_t queue_number, const ModelCell& cell, std::uint8_t hash) {
    const auto found = model.find(queue_number);
    if (found == model.end()) return {Pushed::Outcome::no_queue, 0};
    ModelQueue& queue = found->second;
    if (const auto known = queue.envelopes.find(cell.envelope); known != queue.envelopes.end()) {
      if (known->second.hash != hash) return {Pushed::Outcome::conflict, 0};
      return {Pushed::Outcome::repeated, known->second.sequence};
    }
    const Sequence sequence = queue.next_sequence++;
    queue.cells[sequence] = cell;
    queue.envelopes[cell.envelope] = {sequence, hash, std::nullopt};
    return {Pushed::Outcome::stored, sequence};
  }

  void acknowledge() {
    const std::uint8_t queue = small(kQueues);
    const auto sequence = static_cast<Sequence>(1 + below(30));
    const std::uint8_t number = small(kEnvelopes);
    const bool gone = store.cells().acknowledge(id(queue), sequence, envelope(number), today);
    const auto found = model.find(queue);
    const bool waits = found != model.end() && found->second.cells.contains(sequence) &&
                       found->second.cells.at(sequence).envelope == number;
    EXPECT_EQ(gone, waits);
    if (waits) found->second.remove(sequence, today);
  }

  void sweep() {
    const std::int64_t removed = store.cells().sweep(today, 1000);
    std::int64_t expected = 0;
    for (auto& [number, queue] : model) {
      std::vector<Sequence> expired;
      for (const auto& [sequence, cell] : queue.cells) {
        if (cell.expires_day <= today) expired.push_back(sequence);
      }
      for (const Sequence sequence : expired) queue.remove(sequence, today);
      expected += static_cast<std::int64_t>(expired.size());
    }
    EXPECT_EQ(removed, expected);
  }

  void sweep_envelopes() {
    const std::int64_t forgotten = store.cells().sweep_envelopes(today, 1000);
    std::size_t expected = 0;
    for (auto& [number, queue] : model) {
      expected += std::erase_if(queue.envelopes, [this](const auto& known) {
        return known.second.forget_day && *known.second.forget_day <= today;
      });
    }
    EXPECT_EQ(forgotten, static_cast<std::int64_t>(expected));
  }

  void create_or_remove_queue() {
    const std::uint8_t queue = small(kQueues);
    if (below(3) == 0) {
      EXPECT_EQ(store.queues().remove(id(queue)), model.erase(queue) == 1);
    } else {
      const bool created = store.queues().create(id(queue), {std::nullopt, id(9), 1});
      EXPECT_EQ(created, model.try_emplace(queue).second);
    }
  }

  void do_something() {
    switch (below(20)) {
      case 0:
        return create_or_remove_queue();
      case 1:
        return sweep();
      case 2:
        return sweep_envelopes();
      case 3:
        ++today;
        return;
      default:
        return below(5) < 3 ? push() : acknowledge();
    }
  }

  void compare() {
    for (std::uint8_t number = 0; number < kQueues; ++number) {
      const auto found = store.queues().find(id(number));
      ASSERT_EQ(found.has_value(), model.contains(number));
      if (found) compare(number, *found, model.at(number));
    }
  }

  void compare(std::uint8_t number, const Queue& queue, const ModelQueue& expected) {
    EXPECT_EQ(queue.next_sequence, expected.next_sequence);
    EXPECT_EQ(queue.cells_waiting, static_cast<std::int64_t>(expected.cells.size()));
    std::int64_t bytes = 0;
    auto cell = expected.cells.begin();
    for (const Cell& read : store.cells().read(id(number), 0, {1000, 1'000'000'000})) {
      ASSERT_NE(cell, expected.cells.end());
      EXPECT_EQ(read.sequence, cell->first);
      EXPECT_EQ(read.envelope_id, envelope(cell->second.envelope));
      EXPECT_EQ(read.bytes, cell->second.bytes);
      bytes += static_cast<std::int64_t>(read.bytes.size());
      ++cell;
    }
    EXPECT_EQ(cell, expected.cells.end());
    EXPECT_EQ(queue.bytes_waiting, bytes);
  }

  std::mt19937_64 rng{GetParam()};
  Day today = kToday;
  Model model;
  SqliteRelayStore store{{.path = std::string{kInMemory}}};
};

TEST_P(RelayStoreModelTest, StoreAndModelAgree) {
  for (int round = 0; round < 300 && !HasFailure(); ++round) {
    const Model before = model;
    {
      Batch batch{store};
      for (std::uint64_t i = below(12); i > 0; --i) do_something();
      if (below(5) > 0) {
        batch.commit();
      } else {
        model = before;  // the day goes on; only rows are rolled back
      }
    }
    compare();
  }
  EXPECT_EQ(store.integrity_check(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RelayStoreModelTest, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace bisik::storage
