#include "storage/sqlite_cells.hpp"

#include <cassert>

#include "storage/limits.hpp"

namespace bisik::storage {

SqliteCells::SqliteCells(Database& database, SqliteQueues& queues, const Reserve& reserve)
    : database_{database},
      queues_{queues},
      reserve_{reserve},
      insert_{database,
              "INSERT INTO cells (queue, sequence, envelope_id, arrival_day, expires_day, bytes) "
              "VALUES (?, ?, ?, ?, ?, ?)"},
      remember_{database,
                "INSERT INTO envelopes (queue, envelope_id, sequence, hash) VALUES (?, ?, ?, ?)"},
      recall_{database, "SELECT sequence, hash FROM envelopes WHERE queue = ? AND envelope_id = ?"},
      read_{database,
            "SELECT sequence, envelope_id, arrival_day, bytes FROM cells "
            "WHERE queue = ? AND sequence > ? ORDER BY sequence LIMIT ?"},
      last_waiting_{database,
                    "SELECT sequence FROM cells WHERE queue = ? ORDER BY sequence DESC LIMIT 1"},
      find_{database,
            "SELECT id, queue, envelope_id, length(bytes) FROM cells "
            "WHERE queue = ? AND sequence = ?"},
      expired_{database,
               "SELECT id, queue, envelope_id, length(bytes) FROM cells "
               "WHERE expires_day <= ? ORDER BY expires_day LIMIT ?"},
      remove_{database, "DELETE FROM cells WHERE id = ?"},
      forget_later_{database,
                    "UPDATE envelopes SET forget_day = ?3 WHERE queue = ?1 AND envelope_id = ?2"},
      sweep_envelopes_{database,
                       "DELETE FROM envelopes WHERE (queue, envelope_id) IN (SELECT queue, "
                       "envelope_id FROM envelopes WHERE forget_day <= ? LIMIT ?)"} {}

Pushed SqliteCells::push(const Id& queue_id, const NewCell& cell) {
  assert(database_.in_transaction());
  const std::optional<std::int64_t> queue = queues_.row_of(queue_id);
  if (!queue) return {.outcome = Pushed::Outcome::no_queue, .sequence = 0};
  if (const auto known = recall(*queue, cell.envelope_id, cell.hash)) return *known;
  if (!reserve_.held()) throw StorageError{StorageError::Kind::full, "the disk was full"};
  const Sequence sequence = queues_.count_arrival(*queue, cell.bytes.size());
  insert_.run(*queue, sequence, cell.envelope_id, cell.arrival_day, cell.expires_day, cell.bytes);
  remember_.run(*queue, cell.envelope_id, sequence, cell.hash);
  return {.outcome = Pushed::Outcome::stored, .sequence = sequence};
}

std::optional<Pushed> SqliteCells::recall(const Id& queue_id, const EnvelopeId& envelope_id,
                                          const Id& hash) {
  const std::optional<std::int64_t> queue = queues_.row_of(queue_id);
  if (!queue) return std::nullopt;
  return recall(*queue, envelope_id, hash);
}

std::optional<Pushed> SqliteCells::recall(std::int64_t queue, const EnvelopeId& envelope_id,
                                          const Id& hash) {
  Rows rows = recall_.query(queue, envelope_id);
  if (!rows.next()) return std::nullopt;
  if (rows.key<32>(1) != hash) return Pushed{.outcome = Pushed::Outcome::conflict, .sequence = 0};
  return Pushed{.outcome = Pushed::Outcome::repeated, .sequence = rows.integer(0)};
}

std::vector<Cell> SqliteCells::read(const Id& queue_id, Sequence after, const ReadLimits& limits) {
  const std::optional<std::int64_t> queue = queues_.row_of(queue_id);
  if (!queue) return {};
  Rows rows = read_.query(*queue, after, limits.max_cells);
  std::vector<Cell> found;
  std::int64_t bytes = 0;
  while (rows.next()) {
    bytes += static_cast<std::int64_t>(rows.blob(3).size());
    if (!found.empty() && bytes > limits.max_bytes) break;
    found.push_back({.sequence = rows.integer(0),
                     .envelope_id = rows.key<16>(1),
                     .arrival_day = rows.integer(2),
                     .bytes = rows.bytes(3)});
  }
  return found;
}

Sequence SqliteCells::last_waiting(const Id& queue_id) {
  const std::optional<std::int64_t> queue = queues_.row_of(queue_id);
  if (!queue) return 0;
  Rows rows = last_waiting_.query(*queue);
  return rows.next() ? rows.integer(0) : 0;
}

bool SqliteCells::acknowledge(const Id& queue_id, Sequence sequence, const EnvelopeId& envelope_id,
                              Day today) {
  assert(database_.in_transaction());
  const std::optional<std::int64_t> queue = queues_.row_of(queue_id);
  if (!queue) return false;
  std::optional<Waiting> cell;
  if (Rows rows = find_.query(*queue, sequence); rows.next()) cell = waiting_from(rows);
  if (!cell || cell->envelope_id != envelope_id) return false;
  remove(*cell, today);
  return true;
}

std::int64_t SqliteCells::sweep(Day today, std::int64_t max_rows) {
  assert(database_.in_transaction());
  std::vector<Waiting> expired;  // first all, since a table must not change while it is read
  {
    Rows rows = expired_.query(today, max_rows);
    while (rows.next()) expired.push_back(waiting_from(rows));
  }
  for (const Waiting& cell : expired) remove(cell, today);
  return static_cast<std::int64_t>(expired.size());
}

std::int64_t SqliteCells::sweep_envelopes(Day today, std::int64_t max_rows) {
  assert(database_.in_transaction());
  sweep_envelopes_.run(today, max_rows);
  return database_.changes();
}

void SqliteCells::remove(const Waiting& cell, Day today) {
  remove_.run(cell.id);
  forget_later_.run(cell.queue, cell.envelope_id, today + kEnvelopeMemoryDays);
  queues_.count_departure(cell.queue, cell.bytes);
}

SqliteCells::Waiting SqliteCells::waiting_from(const Rows& row) {
  return {.id = row.integer(0),
          .queue = row.integer(1),
          .envelope_id = row.key<16>(2),
          .bytes = row.integer(3)};
}

}  // namespace bisik::storage
