#include "storage/sqlite_queues.hpp"

#include <cassert>
#include <string>

#include "storage/relay_schema.hpp"

namespace bisik::storage {
namespace {

std::vector<Id> ids_from(Rows rows) {
  std::vector<Id> found;
  while (rows.next()) found.push_back(rows.key<32>(0));
  return found;
}

}  // namespace

SqliteQueues::SqliteQueues(Database& database)
    : database_{database},
      create_{database,
              "INSERT INTO queues (queue_id, owner, device, read_key_hash, kind, expires_at, "
              "next_sequence, cells_waiting, bytes_waiting) VALUES (?, ?, ?, ?, ?, ?, 1, 0, 0) "
              "ON CONFLICT DO NOTHING"},
      find_{database,
            "SELECT owner, read_key_hash, kind, next_sequence, cells_waiting, bytes_waiting, "
            "device, expires_at, id FROM queues WHERE queue_id = ?"},
      owned_by_{database, "SELECT queue_id FROM queues WHERE owner = ? ORDER BY queue_id"},
      of_device_{database,
                 "SELECT queue_id FROM queues WHERE owner = ? AND device = ? ORDER BY queue_id"},
      expired_{database,
               "SELECT queue_id FROM queues WHERE expires_at <= max(?1, ?2) "
               "AND expires_at <= iif(owner IS NULL, ?2, ?1) ORDER BY expires_at LIMIT ?3"},
      row_of_{database, "SELECT id FROM queues WHERE queue_id = ?"},
      count_arrival_{database,
                     "UPDATE queues SET next_sequence = next_sequence + 1, "
                     "cells_waiting = cells_waiting + 1, bytes_waiting = bytes_waiting + ?2 "
                     "WHERE id = ?1 RETURNING next_sequence - 1"},
      count_departures_{database,
                        "UPDATE queues SET cells_waiting = cells_waiting - ?2, "
                        "bytes_waiting = bytes_waiting - ?3 WHERE id = ?1"},
      remove_queue_{database, "DELETE FROM queues WHERE id = ?"},
      remove_cells_{database, "DELETE FROM cells WHERE queue = ?"},
      remove_envelopes_{database, "DELETE FROM envelopes WHERE queue = ?"},
      remove_departed_{database,
                       std::string{"DELETE FROM departed WHERE queue = ? AND "} + kOnAnyDay},
      remove_write_keys_{database, "DELETE FROM write_keys WHERE queue = ?"},
      put_write_key_{database,
                     "REPLACE INTO write_keys (queue, key_hash, cells_left, expires_at) "
                     "SELECT id, ?2, ?3, ?4 FROM queues WHERE queue_id = ?1"},
      remove_write_key_{database,
                        "DELETE FROM write_keys WHERE key_hash = ?2 AND queue = "
                        "(SELECT id FROM queues WHERE queue_id = ?1)"},
      write_key_{database,
                 "SELECT cells_left, expires_at FROM write_keys WHERE queue = ? AND key_hash = ?"},
      count_write_keys_{database,
                        "SELECT count(*) FROM queues JOIN write_keys ON queue = id "
                        "WHERE queue_id = ?"},
      spend_write_key_{database,
                       "UPDATE write_keys SET cells_left = cells_left - 1 WHERE key_hash = ?2 "
                       "AND queue = (SELECT id FROM queues WHERE queue_id = ?1) "
                       "AND (cells_left IS NULL OR cells_left > 0)"},
      sweep_write_keys_{database,
                        "DELETE FROM write_keys WHERE (queue, key_hash) IN (SELECT queue, "
                        "key_hash FROM write_keys WHERE expires_at <= ? LIMIT ?)"} {}

bool SqliteQueues::create(const Id& queue_id, const NewQueue& queue) {
  assert(database_.in_transaction());
  last_asked_.reset();
  create_.run(queue_id, queue.owner, queue.device, queue.read_key_hash, queue.kind,
              queue.expires_at);
  return database_.changes() == 1;
}

std::optional<Queue> SqliteQueues::find(const Id& queue_id) {
  Rows rows = find_.query(queue_id);
  if (!rows.next()) {
    last_asked_ = {queue_id, std::nullopt};
    return std::nullopt;
  }
  Queue queue{.owner = std::nullopt,
              .read_key_hash = rows.key<32>(1),
              .kind = rows.integer(2),
              .next_sequence = rows.integer(3),
              .cells_waiting = rows.integer(4),
              .bytes_waiting = rows.integer(5),
              .device = rows.optional_integer(6),
              .expires_at = rows.optional_integer(7)};
  last_asked_ = {queue_id, rows.integer(8)};
  if (!rows.is_null(0)) queue.owner = rows.key<32>(0);
  return queue;
}

std::vector<Id> SqliteQueues::owned_by(const Id& account_id) {
  return ids_from(owned_by_.query(account_id));
}

std::vector<Id> SqliteQueues::of_device(const Id& account_id, DeviceNumber device) {
  return ids_from(of_device_.query(account_id, device));
}

bool SqliteQueues::remove(const Id& queue_id) {
  assert(database_.in_transaction());
  const std::optional<std::int64_t> row = row_of(queue_id);
  if (!row) return false;
  for (Statement* statement : {&remove_cells_, &remove_envelopes_, &remove_departed_,
                               &remove_write_keys_, &remove_queue_}) {
    statement->run(*row);
  }
  last_asked_.reset();
  return true;
}

std::vector<Id> SqliteQueues::sweep(UnixSeconds now_for_owned, UnixSeconds now_for_others,
                                    std::int64_t max_queues) {
  // First all, since a table must not change while it is read.
  std::vector<Id> expired = ids_from(expired_.query(now_for_owned, now_for_others, max_queues));
  for (const Id& queue_id : expired) remove(queue_id);
  return expired;
}

bool SqliteQueues::put_write_key(const Id& queue_id, const Id& key_hash, const WriteKey& limits) {
  assert(database_.in_transaction());
  put_write_key_.run(queue_id, key_hash, limits.cells_left, limits.expires_at);
  return database_.changes() == 1;
}

bool SqliteQueues::remove_write_key(const Id& queue_id, const Id& key_hash) {
  assert(database_.in_transaction());
  remove_write_key_.run(queue_id, key_hash);
  return database_.changes() == 1;
}

std::optional<WriteKey> SqliteQueues::write_key(const Id& queue_id, const Id& key_hash) {
  Rows rows = write_key_.query(row_of(queue_id).value_or(kNoQueue), key_hash);
  if (!rows.next()) return std::nullopt;
  return WriteKey{.cells_left = rows.optional_integer(0), .expires_at = rows.optional_integer(1)};
}

std::int64_t SqliteQueues::count_write_keys(const Id& queue_id) {
  Rows rows = count_write_keys_.query(queue_id);
  return rows.next() ? rows.integer(0) : 0;
}

bool SqliteQueues::spend_write_key(const Id& queue_id, const Id& key_hash) {
  assert(database_.in_transaction());
  spend_write_key_.run(queue_id, key_hash);
  return database_.changes() == 1;
}

std::int64_t SqliteQueues::sweep_write_keys(UnixSeconds now, std::int64_t max_rows) {
  assert(database_.in_transaction());
  sweep_write_keys_.run(now, max_rows);
  return database_.changes();
}

std::optional<std::int64_t> SqliteQueues::row_of(const Id& queue_id) {
  if (last_asked_ && last_asked_->queue_id == queue_id) return last_asked_->row;
  Rows rows = row_of_.query(queue_id);
  std::optional<std::int64_t> row;
  if (rows.next()) row = rows.integer(0);
  last_asked_ = {queue_id, row};
  return row;
}

Sequence SqliteQueues::count_arrival(std::int64_t row, std::size_t bytes) {
  Rows rows = count_arrival_.query(row, static_cast<std::int64_t>(bytes));
  if (!rows.next()) throw StorageError{StorageError::Kind::corrupt, "a queue lost its row"};
  const Sequence sequence = rows.integer(0);
  rows.finish();
  return sequence;
}

void SqliteQueues::count_departures(std::int64_t row, std::int64_t cells, std::int64_t bytes) {
  count_departures_.run(row, cells, bytes);
}

}  // namespace bisik::storage
