#include "storage/reserve.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "storage/directory.hpp"
#include "storage/error.hpp"

namespace bisik::storage {
namespace {

constexpr std::int64_t kChunkBytes = 65'536;

[[noreturn]] void fail() {
  throw StorageError{StorageError::Kind::io, "cannot keep space back on the disk"};
}

// Without writing it, where the file system can do that. Whether there was room.
bool allocate(const std::string& path, std::int64_t bytes) {
  create_private_file(path);
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) fail();
  const int status = ::posix_fallocate(file, 0, bytes);
  ::close(file);
  if (status == 0) return true;
  if (status == ENOSPC || status == EDQUOT || status == EFBIG) return false;
  fail();
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

  // Brings it to that size with zeros. Whether there was room.
  [[nodiscard]] bool grow_to(std::int64_t bytes) {
    sqlite3_int64 size = 0;
    if (!opened_ || file()->pMethods->xFileSize(file(), &size) != SQLITE_OK) fail();
    const std::vector<std::byte> zeros(static_cast<std::size_t>(kChunkBytes));
    while (size < bytes) {
      const auto count = static_cast<int>(std::min<std::int64_t>(kChunkBytes, bytes - size));
      const int status = file()->pMethods->xWrite(file(), zeros.data(), count, size);
      if (status == SQLITE_FULL) return false;
      if (status != SQLITE_OK) fail();
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

void Reserve::restore() {
  if (held_) return;
  held_ = take();
  if (!held_) release();  // a part of it would only take the room from others
}

bool Reserve::take() const {
  try {
    return vfs_.empty() ? allocate(path_, bytes_) : OpenFile{find(vfs_), path_}.grow_to(bytes_);
  } catch (const StorageError& error) {
    if (error.kind() == StorageError::Kind::full) return false;
    throw;
  }
}

}  // namespace bisik::storage
