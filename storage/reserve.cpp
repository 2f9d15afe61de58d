#include "storage/reserve.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "storage/directory.hpp"
#include "storage/error.hpp"

namespace bisik::storage {
namespace {

constexpr std::int64_t kChunkBytes = 65'536;

// Without writing it, where the file system can do that.
bool allocate(const std::string& path, std::int64_t bytes) {
  try {
    create_private_file(path);
  } catch (const StorageError&) {
    return false;
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool allocated = ::posix_fallocate(file, 0, bytes) == 0;
  ::close(file);
  return allocated;
}

// Through SQLite's own layer, so that it is on the same disk as the database in tests too.
sqlite3_vfs* find(const std::string& vfs) {
  return sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
}

class OpenFile {
 public:
  // As a log: SQLite's VFS then gives it the database's mode.
  OpenFile(sqlite3_vfs* vfs, const std::string& path)
      : memory_(static_cast<std::size_t>(vfs->szOsFile)) {
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
    opened_ = vfs->xOpen(vfs, path.c_str(), file(), kFlags, nullptr) == SQLITE_OK;
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }

  // Brings it to that size with zeros; true if it has it.
  [[nodiscard]] bool grow_to(std::int64_t bytes) {
    sqlite3_int64 size = 0;
    if (!opened_ || file()->pMethods->xFileSize(file(), &size) != SQLITE_OK) return false;
    const std::vector<std::byte> zeros(static_cast<std::size_t>(kChunkBytes));
    while (size < bytes) {
      const auto count = static_cast<int>(std::min<std::int64_t>(kChunkBytes, bytes - size));
      if (file()->pMethods->xWrite(file(), zeros.data(), count, size) != SQLITE_OK) return false;
      size += count;
    }
    return true;
  }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  std::vector<std::byte> memory_;  // its layout is the VFS's own; aligned as from operator new
  bool opened_ = false;
};

}  // namespace

Reserve::Reserve(const std::string& database_path, std::string vfs, std::int64_t bytes)
    : path_{database_path + "-reserve"}, vfs_{std::move(vfs)}, bytes_{bytes} {
  if (bytes_ == 0) return;
  held_ = false;
  restore();
}

void Reserve::release() noexcept {
  if (bytes_ == 0) return;
  sqlite3_vfs* vfs = find(vfs_);
  vfs->xDelete(vfs, path_.c_str(), 0);
  held_ = false;
}

void Reserve::restore() noexcept {
  if (held_) return;
  held_ = write();
  if (!held_) release();  // a part of it would only take the room from others
}

bool Reserve::write() const {
  return vfs_.empty() ? allocate(path_, bytes_) : OpenFile{find(vfs_), path_}.grow_to(bytes_);
}

}  // namespace bisik::storage
