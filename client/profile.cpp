#include "client/profile.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "client/problem.hpp"

namespace bisik::client {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultName = "default";
constexpr mode_t kOwnerOnly = 0600;

std::optional<fs::path> from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path{value};
}

fs::path home() {
  if (const auto set = from_environment("HOME")) return *set;
  if (const auto* person = getpwuid(getuid()); person != nullptr) return person->pw_dir;
  throw Problem{ExitCode::user, "Nothing says where your home is: set HOME or BISIK_HOME."};
}

[[noreturn]] void fail(const std::string& what, int error) {
  throw Problem{ExitCode::user, what + ": " + std::strerror(error) + "."};
}

}  // namespace

fs::path Profile::folder_of_names() {
  const auto set = from_environment("XDG_DATA_HOME");
  // The specification says that a relative path there is to be ignored.
  return (set && set->is_absolute() ? *set : home() / ".local" / "share") / "bisik";
}

Profile Profile::find(const std::optional<std::string>& name) {
  if (name && !is_name(*name)) {
    throw Problem{ExitCode::user,
                  "A profile's name has letters, digits, '-', '_' and '.': choose another one."};
  }
  if (name) return Profile{folder_of_names() / *name};
  if (const auto set = from_environment("BISIK_HOME")) return Profile{fs::absolute(*set)};
  return Profile{folder_of_names() / kDefaultName};
}

bool Profile::is_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, allowed);
}

std::vector<Profile> Profile::all() {
  std::vector<Profile> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator{folder_of_names(), none}) {
    const Profile profile{entry.path()};
    if (is_name(entry.path().filename().string()) && profile.exists()) found.push_back(profile);
  }
  std::ranges::sort(found, {}, [](const Profile& profile) { return profile.folder(); });
  return found;
}

Profile Profile::in(fs::path folder) { return Profile{fs::absolute(std::move(folder))}; }

bool Profile::exists() const {
  std::error_code ignored;
  return fs::exists(database(), ignored);
}

std::optional<std::string> Profile::why_not_writable() const {
  std::error_code unknown;
  if (fs::exists(folder_, unknown) && !fs::is_directory(folder_, unknown)) return std::nullopt;
  for (const auto& path : {folder_, database(), lock()}) {
    const int wanted = R_OK | W_OK | (path == folder_ ? X_OK : 0);
    if (access(path.c_str(), wanted) == 0 || errno == ENOENT) continue;
    const auto name = path.string();
    if (errno == EROFS) {
      return name + " is on a disk that can only be read: have it mounted for writing";
    }
    return name + " cannot be written (" + std::strerror(errno) + "): chmod u+rwX '" + name + "'";
  }
  return std::nullopt;
}

void Profile::prepare() const {
  const auto old_mask = umask(077);  // for the folders above it, too
  std::error_code error;
  fs::create_directories(folder_, error);
  umask(old_mask);
  struct stat status {};
  if (stat(folder_.c_str(), &status) != 0) {
    fail("Cannot create the profile's folder " + folder_.string(), error ? error.value() : errno);
  }
  if (!S_ISDIR(status.st_mode)) fail(folder_.string(), ENOTDIR);
  if (status.st_uid != geteuid()) {
    throw Problem{ExitCode::user,
                  folder_.string() + " belongs to another user: choose another folder."};
  }
}

SocketName::SocketName(const fs::path& folder, const std::string& file)
    : path_{(folder / file).string()} {
  if (path_.size() < sizeof(sockaddr_un{}.sun_path)) return;
  folder_ = Descriptor{open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!folder_) fail("Cannot open " + folder.string(), errno);
  path_ = "/proc/self/fd/" + std::to_string(folder_.get()) + "/" + file;
}

std::optional<ProfileLock> ProfileLock::try_take(const Profile& profile) {
  const auto path = profile.lock();
  Descriptor file{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly)};
  if (!file) fail("Cannot open " + path.string(), errno);
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    if (errno != EINTR) fail("Cannot lock " + path.string(), errno);
  }
  return ProfileLock{std::move(file)};
}

}  // namespace bisik::client
