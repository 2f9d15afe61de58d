#include "storage/cells.hpp"

#include "storage/limits.hpp"
#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

using Texts = std::vector<std::string>;

Pushed stored(Sequence sequence) { return {Pushed::Outcome::stored, sequence}; }
Pushed repeated(Sequence sequence) { return {Pushed::Outcome::repeated, sequence}; }
constexpr Pushed kConflict{Pushed::Outcome::conflict, 0};

class CellsTest : public RelayStoreContract {
 protected:
  void SetUp() override { make_queue(mailbox); }

  std::int64_t sweep(Day today, std::int64_t max_rows = 100) {
    return committed([&] { return cells.sweep(today, max_rows); });
  }
  std::int64_t sweep_envelopes(Day today, std::int64_t max_rows = 100) {
    return committed([&] { return cells.sweep_envelopes(today, max_rows); });
  }
  std::size_t read_count(const ReadLimits& limits) { return cells.read(mailbox, 0, limits).size(); }

  Cells& cells = store->cells();
};

TEST_P(CellsTest, CellsComeOutInTheOrderOfTheirArrival) {
  EXPECT_EQ(push(mailbox, envelope(9), "one"), stored(1));
  EXPECT_EQ(push(mailbox, envelope(5), "two"), stored(2));
  EXPECT_EQ(push(mailbox, envelope(7), "three"), stored(3));
  EXPECT_EQ(texts(mailbox), (Texts{"one", "two", "three"}));
  EXPECT_EQ(texts(mailbox, 1), (Texts{"two", "three"}));
  EXPECT_EQ(texts(mailbox, 3), Texts{});
}

TEST_P(CellsTest, ACellKeepsWhatItCameWith) {
  push(mailbox, envelope(9), "one");
  const std::vector<Cell> read = cells.read(mailbox, 0, {.max_cells = 1, .max_bytes = 1});
  EXPECT_EQ(read, (std::vector<Cell>{{.sequence = 1,
                                      .envelope_id = envelope(9),
                                      .arrival_day = kToday,
                                      .bytes = bytes("one")}}));
}

TEST_P(CellsTest, QueuesCountForThemselves) {
  make_queue(id(0x20));
  push(mailbox, envelope(1), "alice");
  EXPECT_EQ(push(id(0x20), envelope(1), "other"), stored(1)) << "an envelope id is of one queue";
  EXPECT_EQ(texts(mailbox), Texts{"alice"});
  EXPECT_EQ(texts(id(0x20)), Texts{"other"});
}

TEST_P(CellsTest, AnUnknownQueueTakesAndGivesNothing) {
  EXPECT_EQ(push(id(0xEE), envelope(1), "lost"), (Pushed{Pushed::Outcome::no_queue, 0}));
  EXPECT_EQ(texts(id(0xEE)), Texts{});
  EXPECT_FALSE(acknowledge(id(0xEE), 1, envelope(1)));
  EXPECT_FALSE(cells.recall(id(0xEE), envelope(1), id(1)));
}

TEST_P(CellsTest, TheQueueKnowsWhatWaits) {
  push(mailbox, envelope(1), "12345");
  push(mailbox, envelope(2), "123");
  acknowledge(mailbox, 1, envelope(1));
  const auto queue = store->queues().find(mailbox);
  EXPECT_EQ(queue->cells_waiting, 1);
  EXPECT_EQ(queue->bytes_waiting, 3);
  EXPECT_EQ(queue->next_sequence, 3);
}

TEST_P(CellsTest, TheLastWaitingCellIsNotTheLastThatCame) {
  EXPECT_EQ(cells.last_waiting(mailbox), 0);
  EXPECT_EQ(cells.last_waiting(id(0xEE)), 0) << "no such queue";
  push(mailbox, envelope(1), "one");
  push(mailbox, envelope(2), "two");
  EXPECT_EQ(cells.last_waiting(mailbox), 2);
  acknowledge(mailbox, 2, envelope(2));
  EXPECT_EQ(cells.last_waiting(mailbox), 1);
  acknowledge(mailbox, 1, envelope(1));
  EXPECT_EQ(cells.last_waiting(mailbox), 0);
}

TEST_P(CellsTest, ARepeatIsRecognisedAndStoresNothing) {
  push(mailbox, envelope(1), "one");
  push(mailbox, envelope(2), "two");
  EXPECT_EQ(push(mailbox, envelope(1), "one"), repeated(1));
  EXPECT_EQ(texts(mailbox), (Texts{"one", "two"}));
  EXPECT_EQ(push(mailbox, envelope(3), "three"), stored(3)) << "a repeat takes no place";
}

TEST_P(CellsTest, ARepeatIsRecognisedWithinItsOwnBatch) {
  Batch batch{*store};
  const Bytes text = bytes("one");
  const NewCell cell{.envelope_id = envelope(1),
                     .hash = id(1),
                     .bytes = text,
                     .arrival_day = kToday,
                     .expires_day = kToday + 1};
  EXPECT_EQ(cells.push(mailbox, cell), stored(1));
  EXPECT_EQ(cells.push(mailbox, cell), repeated(1));
}

TEST_P(CellsTest, OtherBytesUnderAUsedEnvelopeIdAreRefused) {
  push(mailbox, envelope(1), "one");
  EXPECT_EQ(push(mailbox, envelope(1), "forged"), kConflict);
  acknowledge(mailbox, 1, envelope(1));
  EXPECT_EQ(push(mailbox, envelope(1), "forged"), kConflict) << "also once it is read";
  EXPECT_EQ(texts(mailbox), Texts{});
}

TEST_P(CellsTest, RecallAnswersAsPushWould) {
  push(mailbox, envelope(1), "one");
  push(mailbox, envelope(2), "two");
  EXPECT_FALSE(cells.recall(mailbox, envelope(3), id(1)));
  EXPECT_EQ(cells.recall(mailbox, envelope(1), id(1)), kConflict);
  Batch batch{*store};
  const Bytes text = bytes("three");
  cells.push(mailbox, {.envelope_id = envelope(3),
                       .hash = id(3),
                       .bytes = text,
                       .arrival_day = kToday,
                       .expires_day = kToday});
  EXPECT_EQ(cells.recall(mailbox, envelope(3), id(3)), repeated(3));
}

TEST_P(CellsTest, OnlyTheRightSequenceAndEnvelopeTogetherRemoveACell) {
  push(mailbox, envelope(1), "one");
  push(mailbox, envelope(2), "two");
  EXPECT_FALSE(acknowledge(mailbox, 1, envelope(2)));
  EXPECT_FALSE(acknowledge(mailbox, 3, envelope(1)));
  EXPECT_EQ(texts(mailbox), (Texts{"one", "two"}));
  EXPECT_TRUE(acknowledge(mailbox, 1, envelope(1)));
  EXPECT_FALSE(acknowledge(mailbox, 1, envelope(1))) << "once is enough";
  EXPECT_EQ(texts(mailbox), Texts{"two"});
}

TEST_P(CellsTest, SequencesAreNeverUsedAgain) {
  push(mailbox, envelope(1), "one");
  acknowledge(mailbox, 1, envelope(1));
  EXPECT_EQ(push(mailbox, envelope(2), "two"), stored(2));
}

TEST_P(CellsTest, AnAcknowledgedEnvelopeIsRememberedForAWholeDay) {
  push(mailbox, envelope(1), "one");
  acknowledge(mailbox, 1, envelope(1), kToday);
  EXPECT_EQ(sweep_envelopes(kToday + kEnvelopeMemoryDays - 1), 0);
  EXPECT_EQ(push(mailbox, envelope(1), "one"), repeated(1));
  EXPECT_EQ(sweep_envelopes(kToday + kEnvelopeMemoryDays), 1);
  EXPECT_EQ(push(mailbox, envelope(1), "one"), stored(2));
}

TEST_P(CellsTest, AnEnvelopeThatOnlyALostBatchHasForgottenIsKnown) {
  push(mailbox, envelope(1), "one");
  acknowledge(mailbox, 1, envelope(1), kToday);
  {
    Batch lost{*store};
    EXPECT_EQ(cells.sweep_envelopes(kToday + kEnvelopeMemoryDays, 10), 1);
    EXPECT_FALSE(cells.recall(mailbox, envelope(1), id(1)));
  }
  EXPECT_EQ(push(mailbox, envelope(1), "one"), repeated(1));
}

TEST_P(CellsTest, AQueueThatOnlyALostBatchHasMadeTakesNoCell) {
  {
    Batch lost{*store};
    store->queues().create(id(0x20), {.owner = alice, .read_key_hash = id(0x77), .kind = 1});
    EXPECT_TRUE(store->queues().find(id(0x20)));
  }
  EXPECT_EQ(push(id(0x20), envelope(1), "one").outcome, Pushed::Outcome::no_queue);
}

TEST_P(CellsTest, WhatWentFromARemovedQueueDoesNotBindANewOne) {
  push(mailbox, envelope(1), "one");
  acknowledge(mailbox, 1, envelope(1), kToday);
  committed([&] { store->queues().remove(mailbox); });
  make_queue(id(0x20));  // may get the row that is free now
  push(id(0x20), envelope(1), "one");
  EXPECT_EQ(sweep_envelopes(kToday + 10), 0);
  EXPECT_EQ(push(id(0x20), envelope(1), "one"), repeated(1));
}

TEST_P(CellsTest, ManyAreAcknowledgedAtOnceAndWhatDoesNotMatchStays) {
  for (std::uint8_t i = 1; i <= 5; ++i) push(mailbox, envelope(i), "text");
  const std::vector<CellName> names{{4, envelope(4)}, {1, envelope(1)}, {2, envelope(9)},
                                    {9, envelope(3)}, {1, envelope(1)}, {5, envelope(5)}};
  EXPECT_EQ(committed([&] { return cells.acknowledge(mailbox, names, kToday); }), 3);
  EXPECT_EQ(texts(mailbox).size(), 2U);
  const auto queue = store->queues().find(mailbox);
  EXPECT_EQ(queue->cells_waiting, 2);
  EXPECT_EQ(queue->bytes_waiting, 8);
  EXPECT_EQ(sweep_envelopes(kToday + kEnvelopeMemoryDays), 3);
}

TEST_P(CellsTest, TheEnvelopeOfAWaitingCellIsNeverForgotten) {
  push(mailbox, envelope(1), "one");
  EXPECT_EQ(sweep_envelopes(kToday + 10'000), 0);
  EXPECT_EQ(push(mailbox, envelope(1), "one"), repeated(1));
}

TEST_P(CellsTest, ACellExpiresOnItsDayAndNotBefore) {
  push(mailbox, envelope(1), "soon", kToday + 1);
  push(mailbox, envelope(2), "later", kToday + 9);
  EXPECT_EQ(sweep(kToday), 0);
  EXPECT_EQ(sweep(kToday - 4000), 0);
  EXPECT_EQ(sweep(kToday + 1), 1);
  EXPECT_EQ(texts(mailbox), Texts{"later"});
  const auto queue = store->queues().find(mailbox);
  EXPECT_EQ(queue->cells_waiting, 1);
  EXPECT_EQ(queue->bytes_waiting, 5);
}

TEST_P(CellsTest, AnExpiredEnvelopeIsRememberedFromTheSweepOn) {
  push(mailbox, envelope(1), "soon", kToday + 1);
  sweep(kToday + 7);
  EXPECT_EQ(sweep_envelopes(kToday + 7 + kEnvelopeMemoryDays - 1), 0);
  EXPECT_EQ(push(mailbox, envelope(1), "soon"), repeated(1));
  EXPECT_EQ(sweep_envelopes(kToday + 7 + kEnvelopeMemoryDays), 1);
}

TEST_P(CellsTest, SweepsAreBounded) {
  for (std::uint8_t i = 0; i < 10; ++i) push(mailbox, envelope(i), "x", kToday);
  EXPECT_EQ(sweep(kToday, 4), 4);
  EXPECT_EQ(texts(mailbox).size(), 6U);
  EXPECT_EQ(sweep(kToday, 4), 4);
  EXPECT_EQ(sweep(kToday, 4), 2);
  EXPECT_EQ(sweep_envelopes(kToday + 10, 7), 7);
  EXPECT_EQ(sweep_envelopes(kToday + 10, 7), 3);
}

TEST_P(CellsTest, ReadingStopsAtCountOrBytesButNeverBeforeTheFirst) {
  for (std::uint8_t i = 0; i < 5; ++i) push(mailbox, envelope(i), "1234567890");
  EXPECT_EQ(read_count({.max_cells = 3, .max_bytes = 1000}), 3U);
  EXPECT_EQ(read_count({.max_cells = 9, .max_bytes = 29}), 2U);
  EXPECT_EQ(read_count({.max_cells = 9, .max_bytes = 30}), 3U);
  EXPECT_EQ(read_count({.max_cells = 9, .max_bytes = 1}), 1U);
  EXPECT_EQ(read_count({.max_cells = 0, .max_bytes = 1000}), 0U);
}

TEST_P(CellsTest, CellsOfEverySizeComeBackWhole) {
  std::uint8_t number = 0;
  for (const std::size_t size : {0U, 1U, 4'095U, 4'096U, 16'384U, 61'440U, 300'000U}) {
    ++number;
    push(mailbox, envelope(number), std::string(size, static_cast<char>('a' + number)));
  }
  number = 0;
  for (const std::string& text : texts(mailbox)) {
    ++number;
    EXPECT_EQ(text, std::string(text.size(), static_cast<char>('a' + number)));
  }
  EXPECT_EQ(number, 7);
  EXPECT_EQ(texts(mailbox).back().size(), 300'000U);
}

INSTANTIATE_TEST_SUITE_P(EveryStore, CellsTest, testing::ValuesIn(every_store()), store_name);

}  // namespace
}  // namespace bisik::storage
