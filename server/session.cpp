#include "server/session.hpp"

namespace bisik::server {
namespace {

// Then it is the turn of others. A read takes a largest record at most.
constexpr int kReadsAtOnce = 4;

}  // namespace

Session::Session(ConnectionId id, proto::Socket socket, proto::Channel channel,
                 Switchboard& switchboard, Meter meter, Owner& owner)
    : id_{id},
      socket_{std::move(socket)},
      channel_{std::move(channel)},
      outbox_{socket_},
      switchboard_{switchboard},
      meter_{meter},
      owner_{owner} {}

void Session::start(const Peer& peer) {
  boost::system::error_code ignored;  // of a socket that is closed already, as wait() finds out
  socket_.non_blocking(true, ignored);
  try {
    switchboard_.connect(id_, peer, *this);
    wait();
  } catch (...) {
    end(std::current_exception());
  }
}

void Session::wait() {
  reader_.release();
  socket_.async_wait(proto::Socket::wait_read, [this](boost::system::error_code ec) {
    ec ? end(nullptr) : go_on(&Session::read);
  });
}

// Nothing of it is touched once it has ended.
void Session::go_on(Next (Session::*with)()) {
  auto next = Next::end;
  std::exception_ptr error;
  try {
    next = (this->*with)();
    if (next == Next::wait) wait();
  } catch (...) {
    next = Next::end;
    error = std::current_exception();
  }
  if (next == Next::end) end(std::move(error));
}

Session::Next Session::read() {
  for (int reads = 0; reads < kReadsAtOnce; ++reads) {
    const auto space = reader_.space();
    boost::system::error_code ec;
    const auto n = socket_.read_some(boost::asio::buffer(space.data(), space.size()), ec);
    if (ec == boost::asio::error::would_block) break;
    if (ec) return Next::end;
    reader_.received(n);
    const auto next = take_frames();
    if (next != Next::wait || n < space.size()) return next;  // or there was no more
  }
  return Next::wait;
}

Session::Next Session::take_frames() {
  for (;;) {
    const auto frame = reader_.next(channel_);
    if (!frame) return Next::end;
    if (!*frame) return Next::wait;
    const auto size = (*frame)->size();
    switchboard_.receive(id_, **frame);
    const auto pause = meter_.received(size);
    if (pause.count() == 0) continue;
    rest(pause);
    return Next::rest;
  }
}

void Session::rest(std::chrono::milliseconds time) {
  resting_ = std::make_unique<boost::asio::steady_timer>(socket_.get_executor(), time);
  resting_->async_wait([this](boost::system::error_code) {
    resting_.reset();
    go_on(&Session::take_frames);
  });
}

void Session::end(std::exception_ptr error) {
  switchboard_.disconnect(id_);
  outbox_.close();
  owner_.ended(id_, std::move(error));
}

void Session::finish() {
  outbox_.finish();
  wake();
}

void Session::cut() {
  outbox_.close();
  wake();
}

void Session::send(crypto::ByteView message) {
  // Only a broken channel refuses, and the connection is about to end then.
  if (!channel_.seal(message, outbox_.waiting())) outbox_.close();
}

}  // namespace bisik::server
