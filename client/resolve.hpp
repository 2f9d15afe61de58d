// A look-up that a coroutine waits for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "client/lookup.hpp"

namespace bisik::client {

// Empty when there is no such name, or it could not be found out. An address needs no look-up.
// Cancellable.
[[nodiscard]] boost::asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port);

}  // namespace bisik::client
