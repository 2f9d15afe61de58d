#include "server/operator_door.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include "proto/frame.hpp"
#include "proto/stream.hpp"
#include "server/outbox.hpp"
#include "server/problem.hpp"

namespace bisik::server {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

constexpr const char* kName = "admin.sock";

using LengthBytes = crypto::ByteArray<proto::kLengthBytes>;

LengthBytes length_bytes_of(crypto::ByteView frame) {
  return {static_cast<std::uint8_t>(frame.size() >> 8U), static_cast<std::uint8_t>(frame.size())};
}

std::size_t length_of(const LengthBytes& prefix) {
  return static_cast<std::size_t>(prefix[0]) << 8U | prefix[1];
}

void append_frame(crypto::Bytes& out, crypto::ByteView frame) {
  const auto prefix = length_bytes_of(frame);
  out.insert(out.end(), prefix.begin(), prefix.end());
  out.insert(out.end(), frame.begin(), frame.end());
}

bool is_operator(stream_protocol::socket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return false;
  }
  return credentials.uid == 0 || credentials.uid == ::geteuid();
}

class LocalSession final : public Line {
 public:
  LocalSession(stream_protocol::socket& socket, Switchboard& switchboard)
      : socket_{socket}, outbox_{socket}, switchboard_{switchboard} {}

  asio::awaitable<void> run() {
    const auto id = switchboard_.next_connection();
    switchboard_.connect(id, {.kind = Peer::Kind::local}, *this);
    for (;;) {
      LengthBytes prefix{};
      auto [short_prefix, n] =
          co_await asio::async_read(socket_, asio::buffer(prefix), proto::kUseTuple);
      if (short_prefix) break;
      crypto::Bytes frame(length_of(prefix));
      auto [short_frame, m] =
          co_await asio::async_read(socket_, asio::buffer(frame), proto::kUseTuple);
      if (short_frame) break;
      switchboard_.receive(id, frame);
    }
    switchboard_.disconnect(id);
    outbox_.close();
    co_await outbox_.drained();
  }

  void send(crypto::ByteView message) override { append_frame(outbox_.waiting(), message); }
  void flush() override { outbox_.flush(); }
  [[nodiscard]] std::size_t unsent_bytes() const override { return outbox_.unsent_bytes(); }
  void finish() override { outbox_.finish(); }
  void cut() override { outbox_.close(); }

 private:
  stream_protocol::socket& socket_;
  Outbox<stream_protocol::socket> outbox_;
  Switchboard& switchboard_;
};

// What the relay that listens there answers. Nothing: none does, or it ended meanwhile.
asio::awaitable<std::optional<proto::pb::Response>> exchange(stream_protocol::endpoint there,
                                                             proto::pb::Request request) {
  stream_protocol::socket socket{co_await asio::this_coro::executor};
  const auto [unreached] = co_await socket.async_connect(there, proto::kUseTuple);
  if (unreached) co_return std::nullopt;
  crypto::Bytes out;
  append_frame(out, proto::encode(request));
  const auto [unsent, sent] =
      co_await asio::async_write(socket, asio::buffer(out), proto::kUseTuple);
  if (unsent) co_return std::nullopt;
  LengthBytes prefix{};
  const auto [short_prefix, n] =
      co_await asio::async_read(socket, asio::buffer(prefix), proto::kUseTuple);
  if (short_prefix) co_return std::nullopt;
  crypto::Bytes answer(length_of(prefix));
  const auto [short_answer, m] =
      co_await asio::async_read(socket, asio::buffer(answer), proto::kUseTuple);
  if (short_answer) co_return std::nullopt;
  const auto message = proto::decode_from_relay(answer);
  if (!message || !message->has_response()) co_return std::nullopt;
  co_return message->response();
}

}  // namespace

OperatorDoor::OperatorDoor(asio::io_context& io, const DataDirectory& directory,
                           Switchboard& switchboard)
    : io_{io}, switchboard_{switchboard}, path_{directory.file(kName)}, acceptor_{io} {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);  // of a relay that was killed: we hold the lock
  try {
    const stream_protocol::endpoint endpoint{directory.short_name(kName)};
    acceptor_.open(endpoint.protocol());
    acceptor_.bind(endpoint);  // 0600 under the umask of main
    acceptor_.listen();
  } catch (const boost::system::system_error& error) {
    throw Problem{Exit::user, "Cannot create the socket " + path_.string() + ": " +
                                  error.code().message() + "."};
  }
}

OperatorDoor::~OperatorDoor() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void OperatorDoor::start() { asio::co_spawn(io_, accept_loop(), asio::detached); }

void OperatorDoor::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

asio::awaitable<void> OperatorDoor::accept_loop() {
  for (;;) {
    auto [ec, socket] = co_await acceptor_.async_accept(proto::kUseTuple);
    if (ec) co_return;
    if (is_operator(socket)) asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> OperatorDoor::serve(boost::asio::local::stream_protocol::socket socket) {
  LocalSession session{socket, switchboard_};
  co_await session.run();
}

std::optional<proto::pb::Response> ask(const DataDirectory& directory,
                                       const proto::pb::Request& request,
                                       std::chrono::milliseconds patience) {
  bool ended = false;
  std::optional<proto::pb::Response> response;
  asio::io_context io;
  asio::co_spawn(io, exchange({directory.short_name(kName)}, request),
                 [&](std::exception_ptr failed, auto answer) {
                   if (failed) std::rethrow_exception(failed);
                   ended = true;
                   response = std::move(answer);
                 });
  io.run_for(patience);
  if (!ended) {
    throw Problem{Exit::relay, "The relay that uses " + directory.path().string() +
                                   " does not answer: is it stopped (Ctrl-Z)? Let it go on, or "
                                   "start it again."};
  }
  return response;
}

}  // namespace bisik::server
