// A VFS of SQLite that joins writes which follow each other in a file. SQLite writes each frame of
// its log in two pieces and each page on its own, hundreds of times in a commit of a relay; joined,
// the same bytes cost a third of the time less (docs/storage.md).
//
// It changes nothing about durability: what is held back is written before the file is synced,
// read, cut or closed, so the bytes reach the VFS below in the order in which SQLite wrote them. A
// write that fails later than SQLite knows fails the sync of its commit. It offers no shared
// memory, as exclusive locking needs none.
#pragma once

#include <memory>
#include <string>

struct sqlite3_vfs;

namespace bisik::storage {

// Registered under a name of its own for as long as it lives, which is longer than any database
// that was opened through it.
class JoiningVfs {
 public:
  // Over the VFS of that name; empty: SQLite's own. Throws StorageError if there is none.
  explicit JoiningVfs(const std::string& below);
  JoiningVfs(const JoiningVfs&) = delete;
  JoiningVfs& operator=(const JoiningVfs&) = delete;
  ~JoiningVfs();

  [[nodiscard]] const char* name() const noexcept { return name_.c_str(); }

 private:
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace bisik::storage
