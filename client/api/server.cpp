#include "client/api/server.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "client/api/same_user.hpp"
#include "client/limits.hpp"
#include "client/problem.hpp"
#include "proto/stream.hpp"

namespace bisik::client {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

// What must not happen (no memory, a defect) ends the io_context's run().
void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

proto::pb::ApiReply done(std::uint64_t number) {
  proto::pb::ApiReply reply;
  reply.set_number(number);
  reply.set_last(true);
  reply.mutable_done();
  return reply;
}

}  // namespace

ApiServer::ApiServer(asio::io_context& context, CommandListener& listener)
    : context_{context}, listener_{listener}, acceptor_{context} {}

void ApiServer::open(const Profile& profile) {
  name_.emplace(profile);
  const auto* path = name_->path().c_str();
  unlink(path);
  error_code error;
  acceptor_.open(stream_protocol{}, error);
  if (!error) acceptor_.bind(stream_protocol::endpoint{name_->path()}, error);
  if (!error && chmod(path, 0600) != 0) error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    throw Problem{ExitCode::user, "Cannot serve " + (profile.folder() / "api.sock").string() +
                                      ": " + error.message() + ". Choose another folder."};
  }
  asio::co_spawn(context_, accept_loop(), rethrow);
}

void ApiServer::close() {
  if (!acceptor_.is_open()) return;
  unlink(name_->path().c_str());
  error_code ignored;
  acceptor_.close(ignored);
}

asio::awaitable<void> ApiServer::accept_loop() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(proto::kUseTuple);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors, say: let the others end first
      asio::steady_timer pause{context_, kLastOwnerPause};
      co_await pause.async_wait(proto::kUseTuple);
    } else if (visitors_.size() < kMaxVisitors && is_same_user(socket.native_handle())) {
      admit(std::move(socket), false);
    }
  }
}

void ApiServer::serve(Descriptor stream) {
  Visitor::Socket socket{context_};
  socket.assign(stream_protocol{}, stream.release());
  admit(std::move(socket), true);
}

void ApiServer::admit(Visitor::Socket socket, bool ours) {
  const auto visitor = visitors_.emplace(visitors_.end(), std::move(socket), ours, *this);
  asio::co_spawn(context_, visitor->run(), [this, visitor](std::exception_ptr failure) {
    leave(visitor);
    rethrow(failure);
  });
}

void ApiServer::leave(Visitors::iterator visitor) {
  for (auto it = running_.begin(); it != running_.end();) {
    if (it->second.visitor == &*visitor) {
      listener_.cancel(it->first);
      it = running_.erase(it);
    } else {
      ++it;
    }
  }
  visitors_.erase(visitor);
}

void ApiServer::heard(Visitor& visitor, proto::pb::ApiRequest request) {
  const auto number = request.number();
  if (request.has_cancel()) {
    cancel(visitor, request.cancel().number());
    return visitor.answer(done(number));
  }
  if (running_.size() >= kMaxRunning) return visitor.hang_up();
  const auto command = ++last_command_;
  running_.emplace(command, Running{&visitor, number, request.has_receive()});
  listener_.command(command, std::move(request));
}

void ApiServer::cancel(Visitor& visitor, std::uint64_t number) {
  const auto it = std::ranges::find_if(running_, [&](const auto& running) {
    return running.second.visitor == &visitor && running.second.number == number;
  });
  if (it == running_.end()) return;
  listener_.cancel(it->first);
  running_.erase(it);
  visitor.answer(done(number));
}

void ApiServer::answer(CommandId command, proto::pb::ApiReply reply) {
  const auto it = running_.find(command);
  if (it == running_.end()) return;
  auto& visitor = *it->second.visitor;
  reply.set_number(it->second.number);
  if (reply.last()) running_.erase(it);
  visitor.answer(reply);
}

void ApiServer::hang_up_all() {
  for (auto& visitor : visitors_) visitor.hang_up();
}

bool ApiServer::somebody_waits() const {
  const auto waits = [](const auto& running) {
    return !running.second.visitor->ours() && !running.second.listens;
  };
  return std::ranges::any_of(running_, waits) ||
         std::ranges::any_of(visitors_, [](const auto& visitor) { return visitor.writes(); });
}

}  // namespace bisik::client
