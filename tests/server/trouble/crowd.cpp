#include "tests/server/trouble/crowd.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "crypto/random.hpp"
#include "proto/stream.hpp"

namespace bisik::server::trouble {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using proto::kUseTuple;

constexpr std::chrono::milliseconds kStep{10};
constexpr std::uint64_t kAddresses = 4'096;  // each a prefix of its own
constexpr std::size_t kOpeningBytes = 96;

// 127.1.0.0 and those behind it.
asio::ip::address_v4 address_of(std::uint64_t number) {
  constexpr std::uint32_t first = 0x7f010000;
  return asio::ip::address_v4{first + static_cast<std::uint32_t>(number % kAddresses)};
}

std::array<std::uint8_t, 2 + kOpeningBytes> false_opening() {
  auto opening = crypto::random_array<2 + kOpeningBytes>();
  opening[0] = 0;
  opening[1] = kOpeningBytes;
  return opening;
}

asio::awaitable<void> await_end(tcp::socket& socket) {
  std::array<std::uint8_t, 64> ignored;
  co_await asio::async_read(socket, asio::buffer(ignored), kUseTuple);
}

asio::awaitable<void> drip(tcp::socket& socket) {
  const auto opening = false_opening();
  asio::steady_timer pause{socket.get_executor()};
  for (const auto& byte : opening) {
    auto [ec, n] = co_await asio::async_write(socket, asio::buffer(&byte, 1), kUseTuple);
    if (ec) co_return;
    pause.expires_after(std::chrono::seconds{1});
    co_await pause.async_wait(kUseTuple);
  }
}

}  // namespace

Crowd::Crowd(tcp::endpoint relay, Manner manner, CrowdSize size)
    : relay_{relay}, manner_{manner}, size_{size} {
  asio::co_spawn(io_, gather(), asio::detached);
  thread_ = std::thread{[this] { io_.run(); }};
}

Crowd::~Crowd() {
  io_.stop();
  thread_.join();
}

asio::awaitable<void> Crowd::gather() {
  asio::steady_timer step{io_};
  double due = 0;
  for (std::uint64_t number = 0;;) {
    due += size_.per_second * std::chrono::duration<double>{kStep}.count();
    for (; due >= 1 && present_ < size_.at_once; --due) {
      ++present_;
      asio::co_spawn(io_, come(number++), asio::detached);
    }
    due = std::min(due, static_cast<double>(size_.at_once));
    step.expires_after(kStep);
    co_await step.async_wait(kUseTuple);
  }
}

asio::awaitable<void> Crowd::come(std::uint64_t number) {
  tcp::socket socket{io_};
  boost::system::error_code failed;
  socket.open(tcp::v4(), failed);
  // Ends without a word and without a trace, so that the ports do not run out.
  if (!failed) socket.set_option(asio::socket_base::linger{true, 0}, failed);
  if (!failed) socket.bind({address_of(number), 0}, failed);
  if (!failed) {
    auto [ec] = co_await socket.async_connect(relay_, kUseTuple);
    if (!ec) {
      ++connected_;
      co_await behave(socket);
    }
  }
  socket.close(failed);
  --present_;
}

asio::awaitable<void> Crowd::behave(tcp::socket& socket) const {
  if (manner_ == Manner::silent) co_await await_end(socket);
  if (manner_ == Manner::dripping) co_await drip(socket);
  if (manner_ == Manner::lying) {
    const auto opening = false_opening();
    co_await asio::async_write(socket, asio::buffer(opening), kUseTuple);
    co_await await_end(socket);
  }
}

}  // namespace bisik::server::trouble
