// One stream to the owner of a profile: reads requests, writes answers. Its listener hears every
// request, from the thread of the io_context.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "client/api/frame.hpp"
#include "proto/api.pb.h"

namespace bisik::client {

class Visitor;

class VisitorListener {
 public:
  virtual ~VisitorListener() = default;
  virtual void heard(Visitor& visitor, proto::pb::ApiRequest request) = 0;
  virtual void drained() = 0;  // all answers are in the kernel
};

class Visitor {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  // `ours`: the stream of the owner's own command, not of another process.
  Visitor(Socket socket, bool ours, VisitorListener& listener);

  // Until the other side goes, says what is no request, or is hung up. Once.
  [[nodiscard]] boost::asio::awaitable<void> run();

  // Hung up if more than kMaxUnreadBytes wait for a reader that does not read.
  void answer(const proto::pb::ApiReply& reply);
  void hang_up();

  [[nodiscard]] bool writes() const noexcept { return writes_; }
  [[nodiscard]] bool ours() const noexcept { return ours_; }

 private:
  [[nodiscard]] boost::asio::awaitable<void> read_loop();
  [[nodiscard]] boost::asio::awaitable<void> write_loop();
  [[nodiscard]] bool take_requests(FrameReader& reader);

  Socket socket_;
  bool ours_;
  VisitorListener& listener_;
  boost::asio::steady_timer wake_;  // never expires; cancelled when there is something to write
  crypto::Bytes unread_;
  bool writes_ = false;
  bool ended_ = false;
};

}  // namespace bisik::client
