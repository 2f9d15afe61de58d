#include "client/api/session.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "client/limits.hpp"
#include "client/problem.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// Words of the command line and of standard input may be any bytes. The owner hangs up on a request
// that it cannot read, and protobuf reads no text that is not UTF-8.
bool readable(crypto::ByteView frame) {
  const auto message = frame.subspan(sizeof(std::uint32_t));
  return ApiRequest{}.ParseFromArray(message.data(), static_cast<int>(message.size()));
}

}  // namespace

std::uint64_t Session::ask(ApiRequest request) {
  const auto number = ++last_number_;
  request.set_number(number);
  if (request.ByteSizeLong() > kMaxRequestBytes) {
    throw Problem{ExitCode::user, "That is too long: a message has at most 51200 bytes."};
  }
  crypto::Bytes frame;
  append_frame(frame, request);
  if (!readable(frame)) {
    throw Problem{ExitCode::user, "That is not valid UTF-8 text: convert it first (iconv)."};
  }
  unanswered_.emplace(number, std::move(request));
  if (!stream_) {
    enter();  // which sends it
  } else if (!write_all(frame)) {
    lost();
  }
  return number;
}

void Session::cancel(std::uint64_t number) {
  if (unanswered_.erase(number) == 0) return;
  ApiRequest request;
  request.mutable_cancel()->set_number(number);
  unanswered_.erase(ask(std::move(request)));  // its answer tells nobody anything
}

bool Session::has_reply() {
  if (!stream_) return true;  // next() finds a new owner, which answers what is unanswered
  pollfd stream{stream_.get(), POLLIN, 0};
  return reader_.has_next() || poll(&stream, 1, 0) > 0;
}

std::optional<ApiReply> Session::next(Clock::time_point until) {
  for (;;) {
    Signals::throw_if_interrupted();
    if (auto reply = take()) {
      losing_since_.reset();
      if (unanswered_.count(reply->number()) == 0) continue;  // cancelled meanwhile
      if (reply->last()) unanswered_.erase(reply->number());
      return reply;
    }
    throw_if_broken();
    if (!stream_) enter();
    if (Clock::now() >= until && !has_reply()) return std::nullopt;
    wait(until);
  }
}

ApiReply Session::only(ApiRequest request) {
  const auto number = ask(std::move(request));
  for (;;) {
    auto reply = next();
    if (reply->number() != number || !reply->last()) continue;
    throw_if_failed(*reply);
    return std::move(*reply);
  }
}

void Session::each(ApiRequest request, const std::function<void(const ApiReply&)>& take) {
  const auto number = ask(std::move(request));
  for (bool last = false; !last;) {
    const auto reply = next();
    if (reply->number() != number) continue;
    last = reply->last();
    throw_if_failed(*reply);
    take(*reply);
  }
}

std::optional<ApiReply> Session::take() {
  const auto bytes = reader_.next();
  if (!bytes) return std::nullopt;
  ApiReply reply;
  if (!reply.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) {
    throw Problem{ExitCode::unexpected,
                  "The process that owns this profile says what this one does not understand."};
  }
  return reply;
}

void Session::throw_if_broken() const {
  if (!reader_.broken()) return;
  throw Problem{ExitCode::unexpected,
                "The process that owns this profile speaks another version: end it."};
}

void Session::wait(Clock::time_point until) {
  using std::chrono::milliseconds;
  const auto left = until == Clock::time_point::max()
                        ? milliseconds{-1}
                        : std::chrono::ceil<milliseconds>(until - Clock::now());
  pollfd waited[] = {{stream_.get(), POLLIN, 0}, {Signals::fd(), POLLIN, 0}};
  const int ready =
      poll(waited, 2, static_cast<int>(std::min<std::int64_t>(left.count(), INT_MAX)));
  if (waited[1].revents != 0) Signals::drain();
  if (ready > 0 && waited[0].revents != 0 && !read_some()) lost();
}

bool Session::read_some() {
  const auto space = reader_.space();
  const auto got = recv(stream_.get(), space.data(), space.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  reader_.received(static_cast<std::size_t>(got));
  return got > 0;
}

bool Session::write_all(crypto::ByteView bytes) {
  while (!bytes.empty()) {
    const auto sent = send(stream_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      pollfd writable{stream_.get(), POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
    Signals::throw_if_interrupted();
  }
  return true;
}

void Session::enter() {
  for (;;) {
    stream_ = gate_.enter();
    entered_ = Clock::now();
    reader_ = FrameReader{kMaxReplyBytes};
    if (!is_answered()) continue;
    crypto::Bytes frames;
    for (const auto& [number, request] : unanswered_) append_frame(frames, request);
    if (write_all(frames)) return;
    lost();
  }
}

// The kernel takes a stream for a process that is stopped, too: so it is first asked for what every
// owner answers at once, whatever it has to do. False: it is gone.
bool Session::is_answered() {
  if (gate_.owns()) return true;
  const auto until = Clock::now() + gate_.answers();
  ApiRequest greeting;
  greeting.mutable_cancel();  // of nothing
  crypto::Bytes frame;
  append_frame(frame, greeting);
  if (!write_all(frame)) lost();
  while (stream_) {
    Signals::throw_if_interrupted();
    if (take()) return true;
    throw_if_broken();
    if (Clock::now() >= until) {
      stream_.close();
      gate_.throw_no_answer();
    }
    wait(until);
  }
  return false;
}

void Session::lost() {
  stream_.close();
  const auto now = Clock::now();
  if (now - entered_ > kOwnerWait) losing_since_.reset();  // that one served us well
  if (!losing_since_) losing_since_ = now;
  if (now - *losing_since_ > kOwnerWait) {
    throw Problem{ExitCode::unexpected,
                  "The owner of this profile went away again and again: see bisik doctor."};
  }
}

void throw_if_failed(const ApiReply& reply) {
  if (!reply.has_failure()) return;
  throw Problem{static_cast<ExitCode>(reply.failure().exit_code()), reply.failure().sentence()};
}

}  // namespace bisik::client
