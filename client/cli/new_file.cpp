#include "client/cli/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "client/problem.hpp"

namespace bisik::client {

NewFile::NewFile(std::string path, bool replace)
    : path_{std::move(path)}, temporary_{path_ + ".new"}, replace_{replace} {
  struct stat there {};
  if (!replace_ && ::lstat(path_.c_str(), &there) == 0) refuse();
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
  file_ = Descriptor{::open(temporary_.c_str(), kFlags, S_IRUSR | S_IWUSR)};
  if (!file_ || ::fchmod(file_.get(), S_IRUSR | S_IWUSR) != 0) fail();
}

NewFile::~NewFile() {
  if (!kept_ && file_) ::unlink(temporary_.c_str());
}

void NewFile::fail() const {
  const int cause = errno;
  const bool full = cause == ENOSPC || cause == EDQUOT;
  throw Problem{ExitCode::user, "Cannot write " + path_ + ": " + std::strerror(cause) +
                                    (full ? ". Make room on that disk." : ".")};
}

void NewFile::refuse() const {
  throw Problem{ExitCode::user,
                path_ +
                    " is there already, so nothing was written. Choose another name, or replace"
                    " it with --force."};
}

void NewFile::write(crypto::ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

// Some file systems cannot refuse to replace: then it was looked at when this began.
void NewFile::put_in_place() const {
  const unsigned flags = replace_ ? 0 : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags) == 0) return;
  if (errno == EEXIST) refuse();
  const bool unknown = errno == EINVAL || errno == ENOSYS;
  if (!unknown || ::rename(temporary_.c_str(), path_.c_str()) != 0) fail();
}

void NewFile::keep() {
  if (::fsync(file_.get()) != 0) fail();
  put_in_place();
  kept_ = true;
  const auto folder = std::filesystem::path{path_}.parent_path();
  const Descriptor parent{
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!parent || ::fsync(parent.get()) != 0) fail();
}

}  // namespace bisik::client
