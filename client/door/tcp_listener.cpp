#include "client/door/tcp_listener.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "client/problem.hpp"

namespace bisik::client {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& why) {
  throw Problem{ExitCode::user, "Cannot serve " + where + ": " + why + "."};
}

struct HostAndPort {
  std::string host;
  std::string port;
};

HostAndPort split(const std::string& where) {
  const auto colon = where.rfind(':');
  auto host = colon == std::string::npos ? std::string{} : where.substr(0, colon);
  const auto port = colon == std::string::npos ? where : where.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host == "localhost") host = "127.0.0.1";
  return {host, port};
}

// getaddrinfo() takes 65537 for 1.
bool is_port(const std::string& text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && rest == end;
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& where) {
  const auto [host, port] = split(where);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;  // a name could lead anywhere
  addrinfo* found = nullptr;
  if (!is_port(port) || getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) {
    fail(where, "that is not ADDRESS:PORT");
  }
  return {found, freeaddrinfo};
}

bool of_this_machine_alone(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    return ntohl(v4.s_addr) >> 24 == 127;
  }
  if (address->sa_family != AF_INET6) return false;
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

std::string to_text(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getsockname(listener, name, &size) != 0 ||
      getnameinfo(name, size, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "an unknown address";
  }
  const std::string shown = address.ss_family == AF_INET6 ? "[" + std::string{host} + "]" : host;
  return shown + ":" + port;
}

}  // namespace

bool is_loopback_address(const std::string& where) {
  return of_this_machine_alone(resolve(where)->ai_addr);
}

TcpListener::TcpListener(const std::string& where) {
  const auto found = resolve(where);
  listener_ = Descriptor{socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int on = 1;  // a daemon that was just ended leaves its port in TIME_WAIT
  if (!listener_ || setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(listener_.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(listener_.get(), SOMAXCONN) != 0) {
    fail(where, std::strerror(errno));
  }
  address_ = to_text(listener_.get());
}

}  // namespace bisik::client
