// RAII over the SQLite C API, which only sqlite.cpp, reserve.cpp and joining_vfs.cpp include.
//
// SQLite failing (disk full, corruption, a typo in SQL) is unexpected: it throws StorageError.
// A row that is not there is expected: it is an empty result. Exactly one connection per file,
// ever: opening takes an exclusive lock and keeps it (docs/storage.md says why). One thread at a
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/error.hpp"
#include "storage/joining_vfs.hpp"
#include "storage/limits.hpp"
#include "storage/types.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace bisik::storage {

enum class Synchronous {
  full,    // every commit reaches the disk
  normal,  // loses commits in a power cut: exists so that a test can show that it is noticed
};

inline constexpr std::string_view kInMemory = ":memory:";  // a path without a file, for tests

struct DatabaseOptions {
  std::string path;                 // or kInMemory
  std::string vfs = {};             // empty: the real disk
  std::int64_t application_id = 0;  // whose file this is; another one's is refused
  int page_bytes = 0;
  bool secure_delete = false;
  int cache_bytes = kCacheBytes;  // of pages kept in memory
  Synchronous synchronous = Synchronous::full;
  int checkpoint_bytes = kCheckpointBytes;  // of the WAL, after which it is copied and begun anew
};

class Database {
 public:
  // Opens, or creates with mode 0600. The settings and their order are in docs/storage.md.
  explicit Database(const DatabaseOptions& options);

  void execute(const char* sql);
  [[nodiscard]] std::int64_t pragma(const char* sql);  // the one number that it answers

  [[nodiscard]] bool in_transaction() const noexcept;
  [[nodiscard]] std::int64_t changes() const noexcept;  // rows changed by the last write
  void rollback() noexcept;                             // of nothing: nothing
  // Whether what was done last failed for lack of space. Ask before the rollback.
  [[nodiscard]] bool ran_out_of_space() const noexcept;

  // Copies the WAL into the database and cuts it to nothing.
  void truncate_wal();
  // Copies it if it has so many bytes; what is written next begins it anew.
  void copy_wal(int least_bytes);
  // The first fault found, or nothing. Reads the whole file.
  [[nodiscard]] std::optional<std::string> integrity_check();

  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

 private:
  void open(const DatabaseOptions& options);
  [[nodiscard]] bool is_fresh(std::int64_t application_id);
  void configure(const DatabaseOptions& options, bool fresh);
  void start_wal(bool in_memory);

  // How long the WAL is: SQLite says it after each commit.
  struct Wal {
    int page_bytes;
    int checkpoint_bytes;
    int bytes = 0;  // that were not copied
    static int on_commit(void* wal, sqlite3* handle, const char* name, int pages) noexcept;
  };
  struct Close {
    void operator()(sqlite3*) const noexcept;
  };
  std::unique_ptr<Wal> wal_;         // stays where it is, whoever owns the database
  std::unique_ptr<JoiningVfs> vfs_;  // outlives what was opened through it; none in memory
  std::unique_ptr<sqlite3, Close> handle_;
};

// One execution of a statement. Leaving scope resets it, so no read lock outlives its use.
// Text and blobs returned by get() are valid until the next call to next().
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) noexcept : statement_{statement} {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  [[nodiscard]] bool next();
  void finish();  // run to the end: a write that fails must throw here, not vanish in ~Rows

  [[nodiscard]] int columns() const noexcept;
  [[nodiscard]] std::string_view column_name(int column) const noexcept;
  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] bool is_blob(int column) const noexcept;

  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const noexcept;
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] Blob blob(int column) const noexcept;
  [[nodiscard]] Bytes bytes(int column) const;  // a copy that outlives the row
  // A key of exactly that size; anything else in its column is corruption.
  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> key(int column) const {
    std::array<std::uint8_t, N> key{};
    copy_key(column, key);
    return key;
  }

 private:
  void copy_key(int column, std::span<std::uint8_t> key) const;

  sqlite3_stmt* statement_;
};

// Prepared once, when it is first asked for: a command needs few of those a store has. Executed
// many times: keep it as a member of the class that owns the query.
class Statement {
 public:
  Statement(Database& database, std::string_view sql) : database_{database}, sql_{sql} {}

  // Blobs and text are borrowed until the Rows are gone: name them, no temporaries.
  template <class... Args>
  [[nodiscard]] Rows query(const Args&... args) {
    if (!statement_) prepare();
    int index = 0;
    (bind(++index, args), ...);
    return Rows{statement_.get()};
  }

  template <class... Args>
  void run(const Args&... args) {
    query(args...).finish();
  }

 private:
  void prepare();
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  void bind(int index, Blob value);
  void bind_null(int index);
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : bind_null(index);
  }

  struct Finalize {
    void operator()(sqlite3_stmt*) const noexcept;
  };
  Database& database_;
  std::string sql_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Rolls back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_{database} {
    database_.execute("BEGIN IMMEDIATE");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() { database_.rollback(); }

  void commit() { database_.execute("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace bisik::storage
