#include "server/data_directory.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include "server/problem.hpp"
#include "server/replace_file.hpp"

namespace bisik::server {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivateFolder = S_IRWXU;
constexpr mode_t kPrivateFile = S_IRUSR | S_IWUSR;
constexpr const char* kAddresses = "addresses";

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw Problem{Exit::user, "The data directory " + path.string() + " " + what};
}

fs::path home() {
  if (const char* set = std::getenv("HOME"); set != nullptr && *set != '\0') return set;
  if (const auto* person = ::getpwuid(::getuid()); person != nullptr) return person->pw_dir;
  throw Problem{Exit::user, "Nothing says where your home is: name a directory with --data."};
}

}  // namespace

fs::path default_data_directory() {
  const char* set = std::getenv("XDG_STATE_HOME");
  // The specification says that a relative path there is to be ignored.
  const bool usable = set != nullptr && fs::path{set}.is_absolute();
  return (usable ? fs::path{set} : home() / ".local" / "state") / "bisik-relay";
}

DataDirectory DataDirectory::open(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);  // under the umask of main: private
  if (error) fail(path, "cannot be created: " + error.message() + ".");
  return open_existing(path);
}

DataDirectory DataDirectory::open_existing(const fs::path& path) {
  const auto absolute = fs::absolute(path);
  Descriptor folder{::open(absolute.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder && errno == ENOENT) {
    fail(path, "does not exist: start the relay once with `bisik-relay up`.");
  }
  if (!folder) fail(path, std::string{"cannot be opened: "} + std::strerror(errno) + ".");
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) fail(path, "cannot be examined.");
  if (status.st_uid != ::geteuid()) fail(path, "belongs to another user: choose another one.");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 && ::fchmod(folder.get(), kPrivateFolder) != 0) {
    fail(path, "is open to others, and that cannot be changed.");
  }
  return {absolute, std::move(folder)};
}

bool DataDirectory::try_lock() {
  const auto name = file("lock");
  Descriptor lock{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kPrivateFile)};
  if (!lock) {
    fail(path_, std::string{"cannot be written to: "} + std::strerror(errno) +
                    ". Choose another one or change its rights.");
  }
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) fail(path_, std::string{"cannot be locked: "} + std::strerror(errno) + ".");
  }
  lock_ = std::move(lock);
  return true;
}

std::string DataDirectory::short_name(const char* name) const {
  return "/proc/self/fd/" + std::to_string(folder_.get()) + "/" + name;
}

void DataDirectory::require_rights_to(const char* name) const {
  const std::pair<fs::path, int> needed[] = {{path_, R_OK | W_OK | X_OK},
                                             {file(name), R_OK | W_OK}};
  for (const auto& [path, rights] : needed) {
    if (::access(path.c_str(), rights) == 0 || (errno != EACCES && errno != EROFS)) continue;
    throw Problem{Exit::user, path.string() +
                                  " cannot be read and written: " + std::strerror(errno) +
                                  ". Give the user that the relay runs as the rights to it."};
  }
}

void DataDirectory::write_addresses(const std::vector<std::string>& lines) const {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  replace_file(file(kAddresses), [&](int fd) { return write_all(fd, text.data(), text.size()); });
}

std::vector<std::string> DataDirectory::read_addresses() const {
  std::ifstream in{file(kAddresses)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

}  // namespace bisik::server
