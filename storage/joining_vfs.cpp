#include "storage/joining_vfs.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "storage/error.hpp"

namespace bisik::storage {
namespace {

// SQLite's unix VFS writes at most 128 KiB at once, less one byte.
constexpr std::size_t kJoinedBytes = 124 * 1024;

// SQLite allocates szOsFile bytes for it; the file of the VFS below lies behind it.
struct JoiningFile : sqlite3_file {
  std::vector<std::uint8_t> held;
  sqlite3_int64 offset = 0;  // where the first byte that is held belongs

  [[nodiscard]] sqlite3_int64 end() const {
    return offset + static_cast<sqlite3_int64>(held.size());
  }
};

JoiningFile& joining(sqlite3_file* file) { return *static_cast<JoiningFile*>(file); }

static_assert(sizeof(JoiningFile) % alignof(std::int64_t) == 0);  // as SQLite aligns the file below

sqlite3_file* below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(static_cast<JoiningFile*>(file) + 1);
}

sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int write_held(sqlite3_file* file) {
  JoiningFile& open = joining(file);
  if (open.held.empty()) return SQLITE_OK;
  const int count = static_cast<int>(open.held.size());
  const int status =
      below(file)->pMethods->xWrite(below(file), open.held.data(), count, open.offset);
  open.held.clear();
  return status;
}

int close_file(sqlite3_file* file) {
  const int written = write_held(file);
  const int closed = below(file)->pMethods->xClose(below(file));
  joining(file).~JoiningFile();
  return written != SQLITE_OK ? written : closed;
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  const int written = write_held(file);
  if (written != SQLITE_OK) return written;
  return below(file)->pMethods->xRead(below(file), out, count, offset);
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  JoiningFile& open = joining(file);
  const auto size = static_cast<std::size_t>(count);
  const bool joins = !open.held.empty() && offset == open.end();
  if (!joins || open.held.size() + size > kJoinedBytes) {
    const int written = write_held(file);
    if (written != SQLITE_OK) return written;
    open.offset = offset;
  }
  try {
    const auto* first = static_cast<const std::uint8_t*>(bytes);
    open.held.insert(open.held.end(), first, first + size);
  } catch (const std::bad_alloc&) {  // SQLite is C: nothing may be thrown through it
    return SQLITE_IOERR_NOMEM;
  }
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const int written = write_held(file);
  return written != SQLITE_OK ? written : below(file)->pMethods->xTruncate(below(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  const int written = write_held(file);
  return written != SQLITE_OK ? written : below(file)->pMethods->xSync(below(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const int written = write_held(file);
  return written != SQLITE_OK ? written : below(file)->pMethods->xFileSize(below(file), size);
}

int lock_file(sqlite3_file* file, int level) {
  return below(file)->pMethods->xLock(below(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  const int written = write_held(file);
  const int unlocked = below(file)->pMethods->xUnlock(below(file), level);
  return written != SQLITE_OK ? written : unlocked;
}

int check_reserved_lock(sqlite3_file* file, int* reserved) {
  return below(file)->pMethods->xCheckReservedLock(below(file), reserved);
}

int file_control(sqlite3_file* file, int operation, void* argument) {
  return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

int sector_size(sqlite3_file* file) { return below(file)->pMethods->xSectorSize(below(file)); }

int device_characteristics(sqlite3_file* file) {
  return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,  // no shared memory, no mapped pages
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_path(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;  // says to SQLite: nothing to close
  sqlite3_file* real = below(file);
  real->pMethods = nullptr;
  const int status = below(vfs)->xOpen(below(vfs), path, real, flags, out_flags);
  if (status != SQLITE_OK) {
    if (real->pMethods != nullptr) real->pMethods->xClose(real);
    return status;
  }
  auto* open = new (file) JoiningFile{};
  open->pMethods = &kMethods;
  return SQLITE_OK;
}

int delete_path(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  return below(vfs)->xDelete(below(vfs), path, sync_directory);
}

int access_path(sqlite3_vfs* vfs, const char* path, int flags, int* answer) {
  return below(vfs)->xAccess(below(vfs), path, flags, answer);
}

int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  return below(vfs)->xFullPathname(below(vfs), path, size, out);
}

int randomness(sqlite3_vfs* vfs, int count, char* out) {
  return below(vfs)->xRandomness(below(vfs), count, out);
}

int sleep(sqlite3_vfs* vfs, int microseconds) {
  return below(vfs)->xSleep(below(vfs), microseconds);
}

int current_time(sqlite3_vfs* vfs, double* days) {
  return below(vfs)->xCurrentTime(below(vfs), days);
}

int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return below(vfs)->xGetLastError(below(vfs), size, out);
}

std::string next_name() {
  static std::atomic<std::uint64_t> count{0};
  return "joining-" + std::to_string(++count);
}

}  // namespace

JoiningVfs::JoiningVfs(const std::string& below)
    : name_{next_name()}, vfs_{std::make_unique<sqlite3_vfs>()} {
  sqlite3_vfs* real = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
  if (real == nullptr) throw StorageError{StorageError::Kind::other, "SQLite has no VFS " + below};
  vfs_->iVersion = 1;
  vfs_->szOsFile = static_cast<int>(sizeof(JoiningFile)) + real->szOsFile;
  vfs_->mxPathname = real->mxPathname;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = real;
  vfs_->xOpen = open_path;
  vfs_->xDelete = delete_path;
  vfs_->xAccess = access_path;
  vfs_->xFullPathname = full_path;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = sleep;
  vfs_->xCurrentTime = current_time;
  vfs_->xGetLastError = last_error;
  if (sqlite3_vfs_register(vfs_.get(), 0) != SQLITE_OK) {
    throw StorageError{StorageError::Kind::other, "SQLite takes no further VFS"};
  }
}

JoiningVfs::~JoiningVfs() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace bisik::storage
