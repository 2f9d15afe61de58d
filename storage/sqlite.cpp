#include "storage/sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>

#include "storage/directory.hpp"

namespace bisik::storage {
namespace {

StorageError::Kind kind_of(sqlite3* database, int status) {
  using Kind = StorageError::Kind;
  switch (status & 0xff) {  // the low byte is the primary code of an extended one
    case SQLITE_FULL:
      return Kind::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Kind::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return Kind::busy;
    case SQLITE_IOERR: {
      if (status == SQLITE_IOERR_CORRUPTFS) return Kind::corrupt;
      const int cause = database != nullptr ? sqlite3_system_errno(database) : 0;
      return cause == ENOSPC || cause == EDQUOT ? Kind::full : Kind::io;
    }
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Kind::io;
    default:
      return Kind::other;
  }
}

[[noreturn]] void fail(sqlite3* database, int status) {
  const char* reason = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(status);
  throw StorageError{kind_of(database, status), reason};
}

void check(sqlite3* database, int status) {
  if (status != SQLITE_OK) fail(database, status);
}

void check(sqlite3_stmt* statement, int status) { check(sqlite3_db_handle(statement), status); }

// A path of this form would be read as a URI with parameters.
std::string literal_path(const std::string& path) {
  return path.starts_with("file:") ? "./" + path : path;
}

// Before SQLite's first use, after which it changes nothing any more.
void stop_counting_memory() {
  [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }

Database::Database(const DatabaseOptions& options) try {
  open(options);
  // Before the first read of a file that is already in WAL mode: only then does SQLite keep the
  // WAL index in memory instead of in a shared file.
  execute("PRAGMA locking_mode = EXCLUSIVE");
  const bool fresh = is_fresh(options.application_id);
  configure(options, fresh);
} catch (const StorageError& error) {
  throw StorageError{error.kind(), options.path + ": " + error.what()};
}

void Database::open(const DatabaseOptions& options) {
  stop_counting_memory();  // nobody asks, and it takes a lock for each allocation
  const bool on_disk = options.vfs.empty() && options.path != kInMemory;
  const std::string path = literal_path(options.path);
  if (on_disk) create_private_file(path);
  if (options.path != kInMemory) vfs_ = std::make_unique<JoiningVfs>(options.vfs);
  sqlite3* raw = nullptr;
  const int status = sqlite3_open_v2(
      path.c_str(), &raw,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      vfs_ ? vfs_->name() : nullptr);
  handle_.reset(raw);  // SQLite returns a handle even on failure; own it before checking
  check(raw, status);
  check(raw, sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr));
  check(raw, sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, nullptr));
  check(raw, sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr));
}

bool Database::is_fresh(std::int64_t application_id) {
  const std::int64_t found = pragma("PRAGMA application_id");
  if (found == application_id) return false;
  const bool empty = pragma("SELECT count(*) FROM sqlite_schema") == 0;
  if (found != 0 || !empty || pragma("PRAGMA user_version") != 0) {
    throw StorageError{StorageError::Kind::not_ours, "is a database of another program"};
  }
  return true;
}

void Database::configure(const DatabaseOptions& options, bool fresh) {
  const auto set = [this](const char* name, std::int64_t value) {
    execute(("PRAGMA " + std::string{name} + " = " + std::to_string(value)).c_str());
  };
  if (fresh) {  // later they say nothing new, and the second would write it all the same
    set("page_size", options.page_bytes);
    execute("PRAGMA auto_vacuum = INCREMENTAL");
  }
  start_wal(options.path == kInMemory);
  execute(options.synchronous == Synchronous::full ? "PRAGMA synchronous = FULL"
                                                   : "PRAGMA synchronous = NORMAL");
  execute("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
  set("cache_size", -options.cache_bytes / 1024);       // negative: in KiB
  set("secure_delete", options.secure_delete ? 1 : 0);  // Debian's default is on
  wal_.reset(
      new Wal{.page_bytes = options.page_bytes, .checkpoint_bytes = options.checkpoint_bytes});
  sqlite3_wal_hook(handle(), Wal::on_commit, wal_.get());
  if (fresh) {
    set("application_id", options.application_id);
    if (options.vfs.empty() && options.path != kInMemory) sync_directory_of(options.path);
  }
  // What a crash left in the WAL may be in the kernel's memory alone, if a sync had failed before
  // it: it must be on the disk before anything is built on it. A log without frames needs no sync.
  truncate_wal();
}

void Database::start_wal(bool in_memory) {
  Statement statement{*this, "PRAGMA journal_mode = WAL"};
  Rows mode = statement.query();
  const bool answered = mode.next();
  if (!in_memory && (!answered || mode.text(0) != "wal")) {
    throw StorageError{StorageError::Kind::io, "cannot keep a write-ahead log here"};
  }
}

void Database::execute(const char* sql) {
  check(handle(), sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr));
}

std::int64_t Database::pragma(const char* sql) {
  Statement statement{*this, sql};
  Rows rows = statement.query();
  return rows.next() ? rows.integer(0) : 0;
}

bool Database::in_transaction() const noexcept { return sqlite3_get_autocommit(handle()) == 0; }
std::int64_t Database::changes() const noexcept { return sqlite3_changes64(handle()); }

void Database::rollback() noexcept {
  // Ask SQLite: after a full disk it has rolled back by itself, and a flag of ours would disagree.
  if (in_transaction()) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Database::ran_out_of_space() const noexcept {
  return kind_of(handle(), sqlite3_extended_errcode(handle())) == StorageError::Kind::full;
}

void Database::truncate_wal() {
  check(handle(),
        sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
  wal_->bytes = 0;
}

void Database::copy_wal(int least_bytes) {
  if (wal_->bytes < least_bytes) return;
  check(handle(),
        sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr));
  wal_->bytes = 0;
}

// As in SQLite's own hook, a copy that fails is no failure of the commit, which has happened. It is
// tried again after the next one, page by page: nothing rests on a sync that has failed.
int Database::Wal::on_commit(void* wal, sqlite3* handle, const char* name, int pages) noexcept {
  auto& [page_bytes, checkpoint_bytes, bytes] = *static_cast<Wal*>(wal);
  bytes = pages * page_bytes;
  if (bytes >= checkpoint_bytes &&
      sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) ==
          SQLITE_OK) {
    bytes = 0;
  }
  return SQLITE_OK;
}

std::optional<std::string> Database::integrity_check() {
  Statement statement{*this, "PRAGMA integrity_check(1)"};
  Rows rows = statement.query();
  if (!rows.next()) return "no answer";
  if (rows.text(0) == "ok") return std::nullopt;
  return std::string{rows.text(0)};
}

Rows::~Rows() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_), status);
}

void Rows::finish() {
  while (next()) {
  }
}

int Rows::columns() const noexcept { return sqlite3_column_count(statement_); }

std::string_view Rows::column_name(int column) const noexcept {
  return sqlite3_column_name(statement_, column);
}

bool Rows::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

bool Rows::is_blob(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_BLOB;
}

std::int64_t Rows::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

std::optional<std::int64_t> Rows::optional_integer(int column) const noexcept {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::string_view Rows::text(int column) const noexcept {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Blob Rows::blob(int column) const noexcept {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};  // SQLite's answer for a blob without bytes
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Bytes Rows::bytes(int column) const {
  const Blob found = blob(column);
  return {found.begin(), found.end()};
}

void Rows::copy_key(int column, std::span<std::uint8_t> key) const {
  const Blob found = blob(column);
  if (found.size() != key.size()) {
    throw StorageError{StorageError::Kind::corrupt, "a key has the wrong size"};
  }
  std::copy(found.begin(), found.end(), key.begin());
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

void Statement::prepare() {
  sqlite3_stmt* raw = nullptr;
  check(database_.handle(),
        sqlite3_prepare_v3(database_.handle(), sql_.data(), static_cast<int>(sql_.size()),
                           SQLITE_PREPARE_PERSISTENT, &raw, nullptr));
  statement_.reset(raw);
}

void Statement::bind(int index, std::int64_t value) {
  check(statement_.get(), sqlite3_bind_int64(statement_.get(), index, value));
}

void Statement::bind(int index, std::string_view value) {
  const char* data = value.data() != nullptr ? value.data() : "";  // a null pointer would bind NULL
  check(statement_.get(), sqlite3_bind_text64(statement_.get(), index, data, value.size(),
                                              SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int index, Blob value) {
  sqlite3_stmt* statement = statement_.get();
  check(statement,
        value.empty()  // which may point nowhere, and that would bind NULL
            ? sqlite3_bind_zeroblob(statement, index, 0)
            : sqlite3_bind_blob64(statement, index, value.data(), value.size(), SQLITE_STATIC));
}

void Statement::bind_null(int index) {
  check(statement_.get(), sqlite3_bind_null(statement_.get(), index));
}

}  // namespace bisik::storage
