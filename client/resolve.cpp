#include "client/resolve.hpp"

#include <fcntl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bisik::client {

namespace asio = boost::asio;

asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port) {
  Lookup lookup{std::move(host), port};
  if (auto known = lookup.take()) co_return std::move(*known);

  const int done = fcntl(lookup.fd(), F_DUPFD_CLOEXEC, 0);
  if (done < 0) co_return Endpoints{};
  asio::posix::stream_descriptor answer{co_await asio::this_coro::executor, done};
  const auto [error] = co_await answer.async_wait(asio::posix::stream_descriptor::wait_read,
                                                  asio::as_tuple(asio::use_awaitable));
  if (error) co_return Endpoints{};
  co_return lookup.take().value_or(Endpoints{});
}

}  // namespace bisik::client
