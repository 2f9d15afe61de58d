#include "server/addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <memory>
#include <optional>

#include "server/problem.hpp"

namespace bisik::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Parts {
  std::string_view host;
  std::optional<std::uint16_t> port;
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// HOST, HOST:PORT, [IPv6] or [IPv6]:PORT. Nothing: none of these.
std::optional<Parts> split(std::string_view text) {
  std::string_view rest;
  Parts parts{};
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    parts.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    parts.host = text.substr(0, text.find(':'));
    rest = text.substr(parts.host.size());
  }
  if (rest.empty()) return parts;
  parts.port = parse_port(rest.substr(1));
  if (rest.front() != ':' || !parts.port) return std::nullopt;
  return parts;
}

[[noreturn]] void fail(std::string_view option, std::string_view text, std::string_view example) {
  throw Problem{Exit::user, std::string{option} + " " + std::string{text} +
                                " is no address: write it like " + std::string{example} + "."};
}

bool is_reachable(const asio::ip::address& address) {
  if (address.is_loopback() || address.is_unspecified() || address.is_multicast()) return false;
  if (address.is_v6()) return !address.to_v6().is_link_local() && !address.to_v6().is_v4_mapped();
  return (address.to_v4().to_uint() >> 16U) != 0xA9FEU;  // 169.254/16: link-local
}

std::optional<asio::ip::address> address_of(const sockaddr* found) {
  if (found == nullptr) return std::nullopt;
  if (found->sa_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(found);
    return asio::ip::address_v4{ntohl(in->sin_addr.s_addr)};
  }
  if (found->sa_family == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(found);
    asio::ip::address_v6::bytes_type bytes;
    std::ranges::copy(in->sin6_addr.s6_addr, bytes.begin());
    return asio::ip::address_v6{bytes};
  }
  return std::nullopt;
}

}  // namespace

bool is_listen(std::string_view text) {
  const auto parts = split(text);
  if (!parts || parts->host.empty() || !parts->port) return false;
  boost::system::error_code no_address;
  asio::ip::make_address(std::string{parts->host}, no_address);
  return !no_address || proto::normal_host(parts->host);
}

bool is_advertised(std::string_view text) {
  const auto parts = split(text);
  return parts && parts->port != 0 && proto::normal_host(parts->host);
}

std::vector<tcp::endpoint> parse_listen(std::string_view text) {
  const auto parts = split(text);
  if (!parts || parts->host.empty() || !parts->port) {
    fail("--listen", text, "127.0.0.1:7443 or [::]:7443");
  }
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(std::string{parts->host}, ec);
  if (!ec) return {tcp::endpoint{address, *parts->port}};
  asio::io_context io;
  tcp::resolver resolver{io};
  const auto found = resolver.resolve(parts->host, std::to_string(*parts->port), ec);
  if (ec || found.empty()) fail("--listen", text, "127.0.0.1:7443 or [::]:7443");
  return {found.begin()->endpoint()};
}

HostPort parse_advertised(std::string_view text, std::uint16_t fallback) {
  const auto parts = split(text);
  const auto host = parts ? proto::normal_host(parts->host) : proto::Errc::bad_host;
  if (!host || parts->port == 0) fail("--advertise", text, "chat.example.org:7443");
  return {*host, parts->port.value_or(fallback)};
}

std::vector<std::string> machine_addresses() {
  std::vector<std::string> addresses;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) == 0) {
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner{first, ::freeifaddrs};
    for (const auto* entry = first; entry != nullptr; entry = entry->ifa_next) {
      const auto address = address_of(entry->ifa_addr);
      if ((entry->ifa_flags & IFF_UP) == 0 || !address || !is_reachable(*address)) continue;
      addresses.push_back(address->to_string());
    }
  }
  if (addresses.empty()) addresses.emplace_back("127.0.0.1");
  return addresses;
}

std::vector<HostPort> reachable(const std::vector<tcp::endpoint>& endpoints,
                                const std::vector<std::string>& machine_addresses) {
  std::vector<HostPort> found;
  const auto add = [&](const std::string& host, std::uint16_t port) {
    const HostPort address{host, port};
    if (std::ranges::find(found, address) == found.end()) found.push_back(address);
  };
  for (const auto& endpoint : endpoints) {
    if (!endpoint.address().is_unspecified()) {
      add(endpoint.address().to_string(), endpoint.port());
      continue;
    }
    for (const auto& host : machine_addresses) {
      const bool v6 = host.find(':') != std::string::npos;
      if (endpoint.address().is_v6() || !v6) add(host, endpoint.port());
    }
  }
  return found;
}

std::string format(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  const auto host = v6 ? "[" + address.host + "]" : address.host;
  return host + ":" + std::to_string(address.port);
}

}  // namespace bisik::server
