// From a host to addresses. getaddrinfo() blocks and cannot be called off, so a name is looked up
// by a thread of its own that nobody waits for: neither a deadline nor the end of the program.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

namespace bisik::client {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// Empty when there is no such name, or it could not be found out. An address needs no look-up.
// Cancellable.
[[nodiscard]] boost::asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port);

}  // namespace bisik::client
