#include "storage/directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "storage/error.hpp"

namespace bisik::storage {
namespace {

constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;

[[noreturn]] void fail(int cause) {
  const bool full = cause == ENOSPC || cause == EDQUOT;
  throw StorageError{full ? StorageError::Kind::full : StorageError::Kind::io,
                     std::generic_category().message(cause)};
}

}  // namespace

void create_private_file(const std::string& path) {
  // O_EXCL: closing a descriptor of a file that is open in this process would drop SQLite's locks.
  const int created = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kPrivate);
  if (created >= 0) {
    ::close(created);
    return;
  }
  if (errno != EEXIST) fail(errno);
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) fail(errno);
  if (!S_ISREG(found.st_mode)) fail(S_ISDIR(found.st_mode) ? EISDIR : EINVAL);
  const bool shared = (found.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  if (shared && ::chmod(path.c_str(), found.st_mode & S_IRWXU) != 0) fail(errno);
}

void sync_directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path{path}.parent_path();
  const int opened =
      ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) fail(errno);
  const int cause = ::fsync(opened) == 0 ? 0 : errno;
  ::close(opened);
  if (cause != 0) fail(cause);
}

}  // namespace bisik::storage
