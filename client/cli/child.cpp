#include "client/cli/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "client/problem.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Signals wait while this lives, over the fork, until the child has no handler of ours any more:
// one that came in between would be noted in a process that never looks, and we wait for its end.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  void release_in_child() const {
    for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGPIPE}) signal(each, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t before_{};
};

// In the child, between fork and exec: only calls that may be made there.
[[noreturn]] void become(char** argv, const std::vector<std::string>& environment, int output,
                         const SignalsHeld& signals) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // it does not outlive a parent that is killed
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  signals.release_in_child();
  for (const auto& entry : environment) putenv(const_cast<char*>(entry.c_str()));
  execv(argv[0], argv);
  _exit(127);
}

}  // namespace

Child::Child(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Problem{ExitCode::unexpected, std::string{"No pipe: "} + std::strerror(errno) + "."};
  }
  output_ = Descriptor{ends[0]};
  const Descriptor theirs{ends[1]};
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const SignalsHeld signals;
  pid_ = fork();
  if (pid_ == 0) become(words.data(), environment, theirs.get(), signals);
  if (pid_ < 0) {
    throw Problem{ExitCode::unexpected,
                  "Cannot start " + argv.front() + ": " + std::strerror(errno) + "."};
  }
}

Child::Child(Child&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      output_{std::move(other.output_)},
      read_{std::move(other.read_)} {}

Child::~Child() { end(); }

std::optional<std::string> Child::line(std::chrono::seconds patience) {
  const auto deadline = steady_clock::now() + patience;
  for (;;) {
    if (const auto end = read_.find('\n'); end != std::string::npos) {
      auto line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    pollfd waited[] = {{output_.get(), POLLIN, 0}, {Signals::fd(), POLLIN, 0}};
    if (left.count() <= 0 || poll(waited, 2, static_cast<int>(left.count())) == 0) {
      return std::nullopt;
    }
    Signals::throw_if_interrupted();
    std::array<char, 4096> part{};
    const auto got = read(output_.get(), part.data(), part.size());
    if (got == 0) return std::nullopt;
    if (got > 0) read_.append(part.data(), static_cast<std::size_t>(got));
  }
}

int Child::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Child::end() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  (void)wait();
}

}  // namespace bisik::client
