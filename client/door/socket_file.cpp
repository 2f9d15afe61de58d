#include "client/door/socket_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "client/problem.hpp"
#include "client/profile.hpp"

namespace bisik::client {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw Problem{ExitCode::user,
                "Cannot serve " + path.string() + ": " + why + ". Choose another --socket."};
}

Descriptor new_socket(const std::filesystem::path& path) {
  Descriptor made{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!made) fail(path, std::strerror(errno));
  return made;
}

// What an ended process left is taken away; anything else stays.
void make_room(const std::filesystem::path& path, const sockaddr_un& address) {
  struct stat status {};
  if (lstat(address.sun_path, &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) fail(path, "something else is there");
  const auto probe = new_socket(path);
  const auto* name = reinterpret_cast<const sockaddr*>(&address);
  if (connect(probe.get(), name, sizeof address) == 0 || errno != ECONNREFUSED) {
    fail(path, "another program serves it");
  }
  unlink(address.sun_path);
}

}  // namespace

SocketFile::SocketFile(const std::filesystem::path& path)
    : path_{std::filesystem::absolute(path)}, listener_{new_socket(path)} {
  const SocketName name{path_.parent_path(), path_.filename().string()};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.path().size() >= sizeof address.sun_path) fail(path_, "its name is too long");
  name.path().copy(address.sun_path, sizeof address.sun_path - 1);
  make_room(path_, address);
  const auto* at = reinterpret_cast<const sockaddr*>(&address);
  if (bind(listener_.get(), at, sizeof address) != 0) fail(path_, std::strerror(errno));
  const bool served =
      chmod(address.sun_path, 0600) == 0 && ::listen(listener_.get(), SOMAXCONN) == 0;
  if (!served) fail(path_, std::strerror(errno));
}

SocketFile::~SocketFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace bisik::client
