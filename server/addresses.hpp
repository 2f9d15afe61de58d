// Where the relay listens, and under which addresses others reach it: what its links name.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "proto/host.hpp"

namespace bisik::server {

// HOST:PORT, with an IPv6 address in brackets. HOST may be a name of this machine when it is to
// listen, any name when it is to advertise. Throws Problem.
[[nodiscard]] std::vector<boost::asio::ip::tcp::endpoint> parse_listen(std::string_view text);

// Whether a text could be one, as far as it shows without asking for names.
[[nodiscard]] bool is_listen(std::string_view text);
[[nodiscard]] bool is_advertised(std::string_view text);

struct HostPort {
  std::string host;
  std::uint16_t port;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};
// `fallback`: the port of a text that has none.
[[nodiscard]] HostPort parse_advertised(std::string_view text, std::uint16_t fallback);

// Every address of this machine that another one may reach; the loopback one where there is none.
[[nodiscard]] std::vector<std::string> machine_addresses();

// What links name when nothing is advertised. A wildcard becomes the machine's addresses.
[[nodiscard]] std::vector<HostPort> reachable(
    const std::vector<boost::asio::ip::tcp::endpoint>& endpoints,
    const std::vector<std::string>& machine_addresses);

// One line of the file `addresses`, and back; parse throws Problem.
[[nodiscard]] std::string format(const HostPort& address);

}  // namespace bisik::server
