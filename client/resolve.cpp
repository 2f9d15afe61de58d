#include "client/resolve.hpp"

#include <fcntl.h>
#include <netdb.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <system_error>
#include <thread>

#include "client/descriptor.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Shared by the coroutine and the thread; whoever is last lets go of it. The thread writes the
// endpoints before it closes `done`, the coroutine reads them after that.
struct Lookup {
  std::string host;
  std::uint16_t port;
  Descriptor done;
  Endpoints endpoints;
};

tcp::endpoint endpoint_of(const addrinfo& info) {
  tcp::endpoint endpoint;
  endpoint.resize(info.ai_addrlen);
  std::memcpy(endpoint.data(), info.ai_addr, info.ai_addrlen);
  return endpoint;
}

void look_up(Lookup& lookup) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const auto port = std::to_string(lookup.port);
  if (getaddrinfo(lookup.host.c_str(), port.c_str(), &hints, &found) != 0) return;
  for (const auto* info = found; info != nullptr; info = info->ai_next) {
    lookup.endpoints.push_back(endpoint_of(*info));
  }
  freeaddrinfo(found);
}

}  // namespace

asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port) {
  boost::system::error_code no_address;
  const auto address = asio::ip::make_address(host, no_address);
  if (!no_address) co_return Endpoints{tcp::endpoint{address, port}};

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) co_return Endpoints{};
  asio::posix::stream_descriptor answer{co_await asio::this_coro::executor, ends[0]};
  const std::shared_ptr<Lookup> lookup{new Lookup{std::move(host), port, Descriptor{ends[1]}, {}}};
  std::thread{[lookup] {
    Signals::block_in_this_thread();
    look_up(*lookup);
    lookup->done.close();
  }}.detach();
  const auto [error] = co_await answer.async_wait(asio::posix::stream_descriptor::wait_read,
                                                  asio::as_tuple(asio::use_awaitable));
  if (error) co_return Endpoints{};
  co_return std::move(lookup->endpoints);
}

}  // namespace bisik::client
