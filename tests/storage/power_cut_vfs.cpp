#include "tests/storage/power_cut_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <stdexcept>

namespace bisik::storage {
namespace {

using Status = PowerCutDisk::Status;

constexpr int kSectorOnPaper = 4096;  // what a disk of today says of itself
constexpr int kMaxPathBytes = 512;
constexpr sqlite3_int64 kJulianMilliseconds = 212'000'000'000'000;  // the time is always the same

// SQLite allocates szOsFile bytes for it and calls xClose in the end.
struct OpenFile : sqlite3_file {
  std::unique_ptr<PowerCutDisk::Handle> handle;
  PowerCutDisk* disk;
  bool directory_to_sync;  // a new journal or log whose name is not durable yet
  bool delete_on_close;
};

OpenFile& open_file(sqlite3_file* file) { return *static_cast<OpenFile*>(file); }
PowerCutDisk::Handle& handle(sqlite3_file* file) { return *open_file(file).handle; }
PowerCutDisk& disk(sqlite3_vfs* vfs) { return *static_cast<PowerCutDisk*>(vfs->pAppData); }

int code(Status status, int io_error) {
  switch (status) {
    case Status::ok:
      return SQLITE_OK;
    case Status::full:
      return SQLITE_FULL;
    default:
      return io_error;
  }
}

int close_file(sqlite3_file* file) {
  OpenFile& open = open_file(file);
  if (open.delete_on_close) static_cast<void>(open.disk->remove(open.handle->path()));
  open.~OpenFile();
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  const auto wanted = static_cast<std::size_t>(count);
  const auto found = handle(file).read(static_cast<std::size_t>(offset), wanted);
  if (!found) return SQLITE_IOERR_READ;
  auto* bytes = static_cast<std::uint8_t*>(out);
  std::fill(std::copy(found->begin(), found->end(), bytes), bytes + wanted, std::uint8_t{0});
  return found->size() == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const Blob blob{static_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(count)};
  return code(handle(file).write(static_cast<std::size_t>(offset), blob), SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return code(handle(file).truncate(static_cast<std::size_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int /*flags*/) {
  OpenFile& open = open_file(file);
  const int synced = code(open.handle->sync(), SQLITE_IOERR_FSYNC);
  if (synced != SQLITE_OK || !open.directory_to_sync) return synced;
  open.directory_to_sync = false;
  return code(open.disk->sync_directory_of(open.handle->path()), SQLITE_IOERR_DIR_FSYNC);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (!handle(file).alive()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(handle(file).size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
  if (!handle(file).alive()) return SQLITE_IOERR_LOCK;
  return handle(file).lock(level) ? SQLITE_OK : SQLITE_BUSY;
}

int unlock_file(sqlite3_file* file, int level) {
  handle(file).unlock(level);
  return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* file, int* reserved) {
  *reserved = handle(file).highest_lock_of_others() >= SQLITE_LOCK_RESERVED ? 1 : 0;
  return SQLITE_OK;
}

int file_control(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) {
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file* /*file*/) { return kSectorOnPaper; }

int device_characteristics(sqlite3_file* file) {
  return open_file(file).disk->traits().powersafe_overwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
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
  PowerCutDisk& on = disk(vfs);
  const std::string name = path != nullptr ? path : "temporary";
  if ((flags & SQLITE_OPEN_CREATE) == 0 && !on.exists(name)) return SQLITE_CANTOPEN;
  auto opened = on.open(name);
  if (!opened) return SQLITE_IOERR;
  constexpr int kLogs = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  auto* open = new (file) OpenFile{};
  open->pMethods = &kMethods;
  open->directory_to_sync = opened->created() && (flags & kLogs) != 0;
  open->handle = std::move(opened);
  open->disk = &on;
  open->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_path(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  if (!disk(vfs).exists(path)) return SQLITE_IOERR_DELETE_NOENT;
  const int removed = code(disk(vfs).remove(path), SQLITE_IOERR_DELETE);
  if (removed != SQLITE_OK || sync_directory == 0) return removed;
  return code(disk(vfs).sync_directory_of(path), SQLITE_IOERR_DIR_FSYNC);
}

int access_path(sqlite3_vfs* vfs, const char* path, int /*flags*/, int* answer) {
  *answer = disk(vfs).exists(path) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs* /*vfs*/, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* /*vfs*/, int count, char* out) {
  std::fill_n(out, count, 'b');
  return count;
}

int sleep(sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs* /*vfs*/, double* days) {
  *days = static_cast<double>(kJulianMilliseconds) / 86'400'000.0;
  return SQLITE_OK;
}

int current_time_ms(sqlite3_vfs* /*vfs*/, sqlite3_int64* milliseconds) {
  *milliseconds = kJulianMilliseconds;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs* /*vfs*/, int /*size*/, char* /*out*/) { return 0; }

std::string next_name() {
  static std::atomic<int> count{0};
  return "power-cut-" + std::to_string(++count);
}

}  // namespace

PowerCutVfs::PowerCutVfs(const DiskImage& image, DiskTraits traits)
    : disk_{image, traits}, name_{next_name()}, vfs_{std::make_unique<sqlite3_vfs>()} {
  vfs_->iVersion = 2;
  vfs_->szOsFile = sizeof(OpenFile);
  vfs_->mxPathname = kMaxPathBytes;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = &disk_;
  vfs_->xOpen = open_path;
  vfs_->xDelete = delete_path;
  vfs_->xAccess = access_path;
  vfs_->xFullPathname = full_path;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = sleep;
  vfs_->xCurrentTime = current_time;
  vfs_->xGetLastError = last_error;
  vfs_->xCurrentTimeInt64 = current_time_ms;
  if (sqlite3_vfs_register(vfs_.get(), 0) != SQLITE_OK) {
    throw std::runtime_error{"SQLite takes no further VFS"};
  }
}

PowerCutVfs::~PowerCutVfs() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace bisik::storage
