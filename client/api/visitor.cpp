#include "client/api/visitor.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>

#include "client/limits.hpp"
#include "proto/stream.hpp"

namespace bisik::client {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

}  // namespace

Visitor::Visitor(Socket socket, bool ours, VisitorListener& listener)
    : socket_{std::move(socket)},
      ours_{ours},
      listener_{listener},
      wake_{socket_.get_executor(), asio::steady_timer::time_point::max()} {}

asio::awaitable<void> Visitor::run() {
  co_await (read_loop() || write_loop());
  ended_ = true;
  writes_ = false;
}

asio::awaitable<void> Visitor::read_loop() {
  FrameReader reader{kMaxRequestBytes};
  while (!ended_) {
    const auto space = reader.space();
    const auto target = asio::buffer(space.data(), space.size());
    const auto [error, size] = co_await socket_.async_read_some(target, proto::kUseTuple);
    if (error) co_return;
    reader.received(size);
    if (!take_requests(reader)) co_return;
  }
}

bool Visitor::take_requests(FrameReader& reader) {
  while (!ended_) {
    const auto bytes = reader.next();
    if (!bytes) break;
    proto::pb::ApiRequest request;
    if (!request.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) return false;
    listener_.heard(*this, std::move(request));
  }
  return !reader.broken();
}

asio::awaitable<void> Visitor::write_loop() {
  while (!ended_) {
    if (unread_.empty()) {
      co_await wake_.async_wait(proto::kUseTuple);
      continue;
    }
    const auto frames = std::exchange(unread_, {});
    const auto [error, size] =
        co_await asio::async_write(socket_, asio::buffer(frames), proto::kUseTuple);
    if (error) co_return;
    if (!unread_.empty()) continue;
    writes_ = false;
    listener_.drained();
  }
}

void Visitor::answer(const proto::pb::ApiReply& reply) {
  if (ended_) return;
  if (unread_.size() > kMaxUnreadBytes) return hang_up();
  append_frame(unread_, reply);
  writes_ = true;
  wake_.cancel();
}

void Visitor::hang_up() {
  ended_ = true;
  writes_ = false;
  boost::system::error_code ignored;
  socket_.close(ignored);
  wake_.cancel();
}

}  // namespace bisik::client
