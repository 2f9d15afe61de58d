// Cells on SQLite: the tables `cells`, `envelopes` and `departed`. The queue's counters move in the
// same transaction as its cells.
#pragma once

#include "storage/cells.hpp"
#include "storage/reserve.hpp"
#include "storage/sqlite.hpp"
#include "storage/sqlite_queues.hpp"

namespace bisik::storage {

class SqliteCells final : public Cells {
 public:
  SqliteCells(Database& database, SqliteQueues& queues, const Reserve& reserve);

  Pushed push(const Id& queue_id, const NewCell& cell) override;
  [[nodiscard]] std::optional<Pushed> recall(const Id& queue_id, const EnvelopeId& envelope_id,
                                             const Id& hash) override;
  [[nodiscard]] std::vector<Cell> read(const Id& queue_id, Sequence after,
                                       const ReadLimits& limits) override;
  [[nodiscard]] Sequence last_waiting(const Id& queue_id) override;
  using Cells::acknowledge;
  std::int64_t acknowledge(const Id& queue_id, std::span<const CellName> cells, Day today) override;
  std::int64_t sweep(Day today, std::int64_t max_rows) override;
  std::int64_t sweep_envelopes(Day today, std::int64_t max_rows) override;

  void rolled_back() noexcept { unknown_.reset(); }

 private:
  struct Waiting {  // what has to be known of a cell to take it away
    std::int64_t id;
    std::int64_t queue;
    CellName name;
    std::int64_t bytes;
  };
  struct Unknown {
    std::int64_t queue;
    EnvelopeId envelope_id;

    bool operator==(const Unknown&) const = default;
  };
  [[nodiscard]] std::optional<Pushed> recall(std::int64_t queue, const EnvelopeId& envelope_id,
                                             const Id& hash);
  [[nodiscard]] std::optional<Waiting> find(std::int64_t queue, const CellName& name);
  // All but the queue's counters.
  void remove(const Waiting& cell, Day today);
  static Waiting waiting_from(const Rows& row);

  Database& database_;
  SqliteQueues& queues_;
  const Reserve& reserve_;
  Statement insert_;
  Statement remember_;
  Statement recall_;
  Statement read_;
  Statement last_waiting_;
  Statement find_;
  Statement expired_;
  Statement remove_;
  Statement depart_;
  Statement due_;
  Statement forget_;
  Statement forget_departed_;
  // What recall() did not find last: whoever asks before a push has looked for it.
  std::optional<Unknown> unknown_;
};

}  // namespace bisik::storage
