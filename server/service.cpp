#include "server/service.hpp"

#include <sys/resource.h>
#include <sys/signalfd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "server/clock.hpp"

namespace bisik::server {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kTick{1};
// For the last answers to reach slow readers. What they do not get they ask for again.
constexpr std::chrono::seconds kGrace{2};
constexpr id_t kThisThread = 0;   // of setpriority(2), which takes a thread for a process
constexpr int kStepsBefore = 10;  // nine times the share of the processor

sigset_t stop_signals() {
  sigset_t both;
  ::sigemptyset(&both);
  ::sigaddset(&both, SIGTERM);
  ::sigaddset(&both, SIGINT);
  return both;
}

}  // namespace

Service::Service(storage::RelayStore& store, Clerk& clerk, const proto::Reception& reception,
                 const Limits& limits, SharedAddresses shared)
    : switchboard_{io_, store, clerk, limits, system_time},
      listener_{io_, reception, switchboard_, limits, std::move(shared), system_time} {}

asio::ip::tcp::endpoint Service::listen(const asio::ip::tcp::endpoint& endpoint) {
  return listener_.listen(endpoint);
}

void Service::open_door(const DataDirectory& directory) {
  door_.emplace(io_, directory, switchboard_);
}

void Service::block_signals() {
  const auto both = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &both, nullptr);
}

void Service::go_first() {
  const int before = ::getpriority(PRIO_PROCESS, kThisThread);
  ::setpriority(PRIO_PROCESS, kThisThread, before - kStepsBefore);
}

// Read from a descriptor: no handler interrupts anything, and none is put off.
void Service::stop_on_signals() {
  const auto both = stop_signals();
  const int signals = ::signalfd(-1, &both, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) throw std::system_error{errno, std::generic_category(), "signalfd"};
  signals_.assign(signals);
  signals_.async_wait(asio::posix::descriptor_base::wait_read,
                      [this](boost::system::error_code ec) {
                        if (!ec) wind_up();
                      });
}

void Service::run() {
  listener_.start();
  if (door_) door_->start();
  asio::co_spawn(io_, tick_loop(), asio::detached);
  try {
    io_.run();
  } catch (...) {
    cut();
    io_.restart();
    io_.run();  // lets every coroutine end while what it refers to is there
    throw;
  }
}

void Service::stop() {
  asio::post(io_, [this] { wind_up(); });
}

void Service::wind_up() {
  if (winding_up_) return;
  winding_up_ = true;
  listener_.stop();
  if (door_) door_->stop();
  grace_.expires_after(kGrace);
  grace_.async_wait([this](boost::system::error_code ec) {
    if (!ec) switchboard_.cut();
  });
  switchboard_.wind_up([this] { cut(); });
}

void Service::cut() {
  winding_up_ = true;
  if (signals_.is_open()) signals_.cancel();
  grace_.cancel();
  ticks_.cancel();
  listener_.stop();
  if (door_) door_->stop();
  switchboard_.cut();
}

asio::awaitable<void> Service::tick_loop() {
  while (!winding_up_) {
    switchboard_.tick();
    listener_.tick();
    ticks_.expires_after(kTick);
    co_await ticks_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace bisik::server
