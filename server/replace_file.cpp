#include "server/replace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "server/descriptor.hpp"
#include "server/problem.hpp"

namespace bisik::server {
namespace {

constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;

[[noreturn]] void fail(const std::filesystem::path& path) {
  const int cause = errno;
  const bool full = cause == ENOSPC || cause == EDQUOT;
  throw Problem{Exit::user, "Cannot write " + path.string() + ": " + std::strerror(cause) +
                                (full ? ". Make room on that disk." : ".")};
}

}  // namespace

bool write_all(int fd, const void* bytes, std::size_t size) {
  const auto* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const auto written = ::write(fd, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    next += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

void replace_file(const std::filesystem::path& path, const std::function<bool(int)>& write) {
  const auto temporary = path.string() + ".new";
  const Descriptor file{
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kPrivate)};
  if (!file || ::fchmod(file.get(), kPrivate) != 0) fail(path);
  if (!write(file.get()) || ::fsync(file.get()) != 0) fail(path);
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path);
  const Descriptor folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder || ::fsync(folder.get()) != 0) fail(path);
}

}  // namespace bisik::server
