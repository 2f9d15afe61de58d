// Those who want nothing of a relay but its attention: many connections from many addresses of the
// loopback, in a thread of their own.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

namespace bisik::server::trouble {

enum class Manner {
  silent,       // connects and says nothing
  dripping,     // a byte a second of what may become an opening
  lying,        // an opening by somebody who does not know the relay's key
  come_and_go,  // hangs up at once
};

struct CrowdSize {
  std::size_t at_once;
  double per_second;  // new ones, as long as there are fewer than that
};

class Crowd {
 public:
  Crowd(boost::asio::ip::tcp::endpoint relay, Manner manner, CrowdSize size);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd();

  // Since the beginning.
  [[nodiscard]] std::uint64_t connected() const noexcept { return connected_; }
  [[nodiscard]] std::uint64_t present() const noexcept { return present_; }

 private:
  [[nodiscard]] boost::asio::awaitable<void> gather();
  [[nodiscard]] boost::asio::awaitable<void> come(std::uint64_t number);
  [[nodiscard]] boost::asio::awaitable<void> behave(boost::asio::ip::tcp::socket& socket) const;

  boost::asio::ip::tcp::endpoint relay_;
  Manner manner_;
  CrowdSize size_;
  std::atomic<std::uint64_t> connected_ = 0;
  std::atomic<std::uint64_t> present_ = 0;
  boost::asio::io_context io_{1};
  std::thread thread_;
};

}  // namespace bisik::server::trouble
