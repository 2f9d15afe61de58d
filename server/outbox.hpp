// What waits to be written to a socket: bytes are gathered, one write is under way at a time, and
// there is no buffer while there is nothing to write. Whoever owns it must wait for drained()
// before the socket and the outbox go. Network thread only.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "crypto/bytes.hpp"

namespace bisik::server {

template <class Socket>
class Outbox {
 public:
  explicit Outbox(Socket& socket) : socket_{socket} {}

  // Records are appended here; they leave with the next flush().
  [[nodiscard]] crypto::Bytes& waiting() noexcept { return waiting_; }
  [[nodiscard]] std::size_t unsent_bytes() const noexcept {
    return waiting_.size() + writing_.size();
  }

  void flush() {
    if (!writing_.empty() || waiting_.empty()) return;
    writing_ = std::exchange(waiting_, {});
    boost::asio::async_write(socket_, boost::asio::buffer(writing_),
                             [this](boost::system::error_code ec, std::size_t) { on_written(ec); });
  }

  // Closes the socket once everything has been written.
  void finish() {
    finishing_ = true;
    flush();
    if (writing_.empty()) close();
  }

  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  // Ends when no write is under way. Close the socket first, or it may take as long as the peer
  // likes.
  [[nodiscard]] boost::asio::awaitable<void> drained() {
    while (!writing_.empty()) {
      boost::asio::steady_timer written{socket_.get_executor(),
                                        boost::asio::steady_timer::time_point::max()};
      written_ = &written;
      co_await written.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      written_ = nullptr;
    }
  }

 private:
  void on_written(boost::system::error_code ec) {
    writing_ = {};
    if (ec) {
      waiting_ = {};
      close();
    } else {
      flush();
      if (finishing_ && writing_.empty()) close();
    }
    if (writing_.empty() && written_ != nullptr) written_->cancel();
  }

  Socket& socket_;
  crypto::Bytes waiting_;
  crypto::Bytes writing_;  // never empty while a write is under way
  bool finishing_ = false;
  boost::asio::steady_timer* written_ = nullptr;  // of whoever waits in drained()
};

}  // namespace bisik::server
