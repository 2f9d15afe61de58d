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
            "SELECT id, queue, sequence, envelope_id, length(bytes) FROM cells "
            "WHERE queue = ? AND sequence = ?"},
      expired_{database,
               "SELECT id, queue, sequence, envelope_id, length(bytes) FROM cells "
               "WHERE expires_day <= ? ORDER BY expires_day LIMIT ?"},
      remove_{database, "DELETE FROM cells WHERE id = ?"},
      depart_{database,
              "INSERT INTO departed (forget_day, queue, sequence, envelope_id) "
              "VALUES (?, ?, ?, ?)"},
      due_{database,
           "SELECT forget_day, queue, sequence, envelope_id FROM departed WHERE forget_day <= ? "
           "ORDER BY forget_day LIMIT ?"},
      forget_{database, "DELETE FROM envelopes WHERE queue = ? AND envelope_id = ?"},
      forget_departed_{
          database, "DELETE FROM departed WHERE forget_day = ? AND queue = ? AND sequence = ?"} {}

Pushed SqliteCells::push(const Id& queue_id, const NewCell& cell) {
  assert(database_.in_transaction());
  const std::optional<std::int64_t> queue = queues_.row_of(queue_id);
  if (!queue) return {.outcome = Pushed::Outcome::no_queue, .sequence = 0};
  if (const auto known = recall(*queue, cell.envelope_id, cell.hash)) return *known;
  if (!reserve_.held()) throw StorageError{StorageError::Kind::full, "the disk was full"};
  const Sequence sequence = queues_.count_arrival(*queue, cell.bytes.size());
  insert_.run(*queue, sequence, cell.envelope_id, cell.arrival_day, cell.expires_day, cell.bytes);
  remember_.run(*queue, cell.envelope_id, sequence, cell.hash);
  unknown_.reset();
  return {.outcome = Pushed::Outcome::stored, .sequence = sequence};
}

std::optional<Pushed> SqliteCells::recall(const Id& queue_id, const EnvelopeId& envelope_id,
                                          const Id& hash) {
  return recall(queues_.row_of(queue_id).value_or(kNoQueue), envelope_id, hash);
}

std::optional<Pushed> SqliteCells::recall(std::int64_t queue, const EnvelopeId& envelope_id,
                                          const Id& hash) {
  if (unknown_ == Unknown{queue, envelope_id}) return std::nullopt;
  Rows rows = recall_.query(queue, envelope_id);
  if (!rows.next()) {
    unknown_ = {queue, envelope_id};
    return std::nullopt;
  }
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

std::int64_t SqliteCells::acknowledge(const Id& queue_id, std::span<const CellName> cells,
                                      Day today) {
  assert(database_.in_transaction());
  const std::optional<std::int64_t> queue = queues_.row_of(queue_id);
  if (!queue) return 0;
  std::int64_t removed = 0;
  std::int64_t bytes = 0;
  for (const CellName& name : cells) {
    const auto cell = find(*queue, name);
    if (!cell) continue;
    remove(*cell, today);
    ++removed;
    bytes += cell->bytes;
  }
  if (removed > 0) queues_.count_departures(*queue, removed, bytes);
  return removed;
}

std::int64_t SqliteCells::sweep(Day today, std::int64_t max_rows) {
  assert(database_.in_transaction());
  std::vector<Waiting> expired;  // first all, since a table must not change while it is read
  {
    Rows rows = expired_.query(today, max_rows);
    while (rows.next()) expired.push_back(waiting_from(rows));
  }
  for (const Waiting& cell : expired) {
    remove(cell, today);
    queues_.count_departures(cell.queue, 1, cell.bytes);
  }
  return static_cast<std::int64_t>(expired.size());
}

std::int64_t SqliteCells::sweep_envelopes(Day today, std::int64_t max_rows) {
  assert(database_.in_transaction());
  struct Due {
    Day day;
    std::int64_t queue;
    CellName name;
  };
  std::vector<Due> due;
  {
    Rows rows = due_.query(today, max_rows);
    while (rows.next()) {
      due.push_back({rows.integer(0), rows.integer(1), {rows.integer(2), rows.key<16>(3)}});
    }
  }
  for (const auto& [day, queue, name] : due) {
    forget_.run(queue, name.envelope_id);
    forget_departed_.run(day, queue, name.sequence);
  }
  return static_cast<std::int64_t>(due.size());
}

std::optional<SqliteCells::Waiting> SqliteCells::find(std::int64_t queue, const CellName& name) {
  Rows rows = find_.query(queue, name.sequence);
  if (!rows.next()) return std::nullopt;
  const Waiting cell = waiting_from(rows);
  if (cell.name.envelope_id != name.envelope_id) return std::nullopt;
  return cell;
}

void SqliteCells::remove(const Waiting& cell, Day today) {
  remove_.run(cell.id);
  depart_.run(today + kEnvelopeMemoryDays, cell.queue, cell.name.sequence, cell.name.envelope_id);
}

SqliteCells::Waiting SqliteCells::waiting_from(const Rows& row) {
  return {.id = row.integer(0),
          .queue = row.integer(1),
          .name = {row.integer(2), row.key<16>(3)},
          .bytes = row.integer(4)};
}

}  // namespace bisik::storage
