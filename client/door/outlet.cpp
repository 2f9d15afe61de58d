#include "client/door/outlet.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "client/door/limits.hpp"

namespace bisik::client {
namespace {

// What a pipe takes at once when it is writable at all: PIPE_BUF.
constexpr std::size_t kPipeBytes = 4'096;

// As write(), but never waits: EAGAIN instead.
ssize_t write_some(int fd, std::string_view bytes) {
  const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  if (!is_ready(fd, POLLOUT)) {
    errno = EAGAIN;
    return -1;
  }
  const auto part = bytes.substr(0, kPipeBytes);
  return write(fd, part.data(), part.size());
}

}  // namespace

Descriptor copy_of(int fd) { return Descriptor{fcntl(fd, F_DUPFD_CLOEXEC, 0)}; }

bool is_ready(int fd, short events) {
  pollfd waited{fd, events, 0};
  return poll(&waited, 1, 0) > 0;
}

void Outlet::add(std::string_view bytes, std::uint64_t messages) {
  bytes_ += bytes;
  parts_.push_back({bytes.size(), messages});
}

bool Outlet::full() const noexcept { return bytes_.size() >= kMaxUnwrittenBytes; }

bool Outlet::write() {
  std::size_t done = 0;
  while (done < bytes_.size()) {
    const auto sent = write_some(out_.get(), std::string_view{bytes_}.substr(done));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      gone_ = errno != EAGAIN && errno != EWOULDBLOCK;
      break;
    }
    done += static_cast<std::size_t>(sent);
  }
  bytes_.erase(0, done);
  written(done);
  return done != 0;
}

void Outlet::written(std::size_t bytes) {
  while (!parts_.empty() && parts_.front().left_bytes <= bytes) {
    bytes -= parts_.front().left_bytes;
    messages_written_ += parts_.front().messages;
    parts_.pop_front();
  }
  if (!parts_.empty()) parts_.front().left_bytes -= bytes;
}

void Outlet::add_waits(std::vector<pollfd>& waits) const {
  if (!bytes_.empty()) waits.push_back({out_.get(), POLLOUT, 0});
}

}  // namespace bisik::client
