// Cells on SQLite: the tables `cells` and `envelopes`. The queue's counters move in the same
// transaction as its cells.
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
  bool acknowledge(const Id& queue_id, Sequence sequence, const EnvelopeId& envelope_id,
                   Day today) override;
  std::int64_t sweep(Day today, std::int64_t max_rows) override;
  std::int64_t sweep_envelopes(Day today, std::int64_t max_rows) override;

 private:
  struct Waiting {  // what has to be known of a cell to take it away
    std::int64_t id;
    std::int64_t queue;
    EnvelopeId envelope_id;
    std::int64_t bytes;
  };
  [[nodiscard]] std::optional<Pushed> recall(std::int64_t queue, const EnvelopeId& envelope_id,
                                             const Id& hash);
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
  Statement forget_later_;
  Statement sweep_envelopes_;
};

}  // namespace bisik::storage
