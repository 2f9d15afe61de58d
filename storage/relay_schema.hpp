// The relay's tables, step by step (migration.hpp). What each column means: docs/storage.md.
#pragma once

#include <array>

namespace bisik::storage {

// Large values sit in ordinary tables, small rows in tables without rowid: the latter keep rows in
// inner pages too, so a large one costs overflow pages.
inline constexpr const char* kRelayAccountTables = R"sql(
  CREATE TABLE accounts (
    account_id    BLOB NOT NULL PRIMARY KEY,
    created_day   INTEGER NOT NULL,
    last_used_day INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE devices (
    network_key BLOB NOT NULL PRIMARY KEY,
    account_id  BLOB NOT NULL,
    number      INTEGER NOT NULL,
    state_epoch BLOB,
    UNIQUE (account_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE invites (
    token_hash BLOB NOT NULL PRIMARY KEY,
    uses_left  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE device_lists (
    account_id BLOB NOT NULL,
    sequence   INTEGER NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY (account_id, sequence)
  ) STRICT;

  CREATE TABLE bundles (
    account_id BLOB NOT NULL,
    device     INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY (account_id, device)
  ) STRICT;

  CREATE TABLE one_time_keys (
    account_id  BLOB NOT NULL,
    device      INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    next        INTEGER NOT NULL,
    entry_bytes INTEGER NOT NULL,
    entries     BLOB NOT NULL,
    PRIMARY KEY (account_id, device, kind)
  ) STRICT;

  CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
)sql";

// `queue` in the other tables is queues.id: 32 bytes in every row and index would double them.
inline constexpr const char* kRelayQueueTables = R"sql(
  CREATE TABLE queues (
    id            INTEGER PRIMARY KEY,
    queue_id      BLOB NOT NULL UNIQUE,
    owner         BLOB,
    device        INTEGER,
    read_key_hash BLOB NOT NULL,
    kind          INTEGER NOT NULL,
    expires_at    INTEGER,
    next_sequence INTEGER NOT NULL,
    cells_waiting INTEGER NOT NULL,
    bytes_waiting INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX queues_by_owner ON queues (owner) WHERE owner IS NOT NULL;
  CREATE INDEX queues_by_expiry ON queues (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE write_keys (
    queue      INTEGER NOT NULL,
    key_hash   BLOB NOT NULL,
    cells_left INTEGER,
    expires_at INTEGER,
    PRIMARY KEY (queue, key_hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX write_keys_by_expiry ON write_keys (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE cells (
    id          INTEGER PRIMARY KEY,
    queue       INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    envelope_id BLOB NOT NULL,
    arrival_day INTEGER NOT NULL,
    expires_day INTEGER NOT NULL,
    bytes       BLOB NOT NULL,
    UNIQUE (queue, sequence)
  ) STRICT;
  CREATE INDEX cells_by_expiry ON cells (expires_day);

  CREATE TABLE envelopes (
    queue       INTEGER NOT NULL,
    envelope_id BLOB NOT NULL,
    sequence    INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    forget_day  INTEGER,
    PRIMARY KEY (queue, envelope_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX envelopes_by_day ON envelopes (forget_day) WHERE forget_day IS NOT NULL;
)sql";

// What an acknowledgement writes: a row behind those of the same queue, in order of arrival. The
// day was a column of `envelopes` and an index on it before, both in the random order of envelope
// ids: two pages for each cell that went.
inline constexpr const char* kRelayDepartedTable = R"sql(
  CREATE TABLE departed (
    forget_day  INTEGER NOT NULL,
    queue       INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    envelope_id BLOB NOT NULL,
    PRIMARY KEY (forget_day, queue, sequence)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO departed (forget_day, queue, sequence, envelope_id)
    SELECT forget_day, queue, sequence, envelope_id FROM envelopes WHERE forget_day IS NOT NULL;
  DROP INDEX envelopes_by_day;
  ALTER TABLE envelopes DROP COLUMN forget_day;
)sql";

// No column for who drew it: that is what it is for. Without spaces, since SQLite keeps this text:
// so the whole schema still fits into the file's first page.
inline constexpr const char* kRelayGrantTable =
    "CREATE TABLE grants (hash BLOB NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL) "
    "STRICT, WITHOUT ROWID; CREATE INDEX grants_by_expiry ON grants (expires_at);";

// Finds the rows of a queue in `departed` without reading those of others: there are few days.
inline constexpr const char* kOnAnyDay =
    "forget_day IN (WITH RECURSIVE days (day) AS (SELECT min(forget_day) FROM departed UNION ALL "
    "SELECT (SELECT min(forget_day) FROM departed WHERE forget_day > day) FROM days "
    "WHERE day IS NOT NULL) SELECT day FROM days)";

inline constexpr std::array kRelaySteps{kRelayAccountTables, kRelayQueueTables, kRelayDepartedTable,
                                        kRelayGrantTable};

}  // namespace bisik::storage
