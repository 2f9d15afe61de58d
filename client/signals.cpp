#include "client/signals.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>

namespace bisik::client {
namespace {

std::atomic<int> interrupted{0};
std::atomic<bool> resized{false};
std::array<int, 2> wake_pipe{-1, -1};

void note(int signal) {
  const int error = errno;
  if (signal == SIGWINCH) {
    resized = true;
  } else {
    interrupted = signal;
  }
  const char byte = 0;
  [[maybe_unused]] const auto written = write(wake_pipe[1], &byte, 1);
  errno = error;
}

void handle(int signal, bool once) {
  struct sigaction action {};
  action.sa_handler = note;
  // No SA_RESTART: a blocked call must notice. The second ^C ends a command that does not.
  action.sa_flags = once ? static_cast<int>(SA_RESETHAND) : 0;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void Signals::install() {
  if (pipe2(wake_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error{errno, std::generic_category(), "pipe"};
  }
  handle(SIGINT, true);
  handle(SIGTERM, true);
  handle(SIGHUP, true);
  handle(SIGWINCH, false);
  signal(SIGPIPE, SIG_IGN);  // write() says EPIPE instead
}

void Signals::block_in_this_thread() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void Signals::throw_if_interrupted() {
  if (const int signal = interrupted) throw Interrupted{signal};
}

void Signals::forget() {
  interrupted = 0;
  drain();
}

int Signals::fd() { return wake_pipe[0]; }

void Signals::drain() {
  std::array<char, 64> bytes{};
  while (read(wake_pipe[0], bytes.data(), bytes.size()) > 0) {
  }
}

bool Signals::take_resized() { return resized.exchange(false); }

}  // namespace bisik::client
