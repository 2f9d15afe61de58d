#include "client/hook/run_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "client/descriptor.hpp"
#include "client/hook/limits.hpp"
#include "client/problem.hpp"

namespace bisik::client {
namespace {

bool may_run(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (may_run(name)) return name;
  } else if (const char* path = std::getenv("PATH"); path != nullptr && !name.empty()) {
    std::string_view rest{path};
    for (bool more = true; more;) {
      const auto end = rest.find(':');
      const auto candidate = std::string{rest.substr(0, end)} + "/" + name;
      if (may_run(candidate)) return candidate;
      more = end != std::string_view::npos;
      rest.remove_prefix(more ? end + 1 : rest.size());
    }
  }
  throw Problem{ExitCode::user, "There is no program " + name + " that can be run."};
}

// Ours, but for these.
std::vector<std::string> environment_with(const std::vector<std::string>& entries) {
  std::vector<std::string> all = entries;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view entry{*each};
    const auto name = entry.substr(0, entry.find('=') + 1);
    const bool replaced = std::ranges::any_of(
        entries, [&](const std::string& ours) { return ours.starts_with(name); });
    if (!replaced) all.emplace_back(entry);
  }
  return all;
}

std::vector<char*> words_of(const std::vector<std::string>& strings) {
  std::vector<char*> words;
  for (const auto& word : strings) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  return words;
}

// A file without a name: whoever reads it slowly, or not at all, holds up nobody.
Descriptor file_with(const std::string& text) {
  Descriptor file{memfd_create("message", MFD_CLOEXEC)};
  std::string_view left{text};
  while (file && !left.empty()) {
    const auto written = write(file.get(), left.data(), left.size());
    if (written < 0 && errno != EINTR) return {};
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file && lseek(file.get(), 0, SEEK_SET) != 0) return {};
  return file;
}

// In the child, between fork and exec: only calls that may be made there.
[[noreturn]] void become(const char* path, char** argv, char** environment, int input) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  dup2(input, STDIN_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGPIPE}) signal(each, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(path, argv, environment);
  _exit(127);
}

// All signals wait while a child is made: one that came before its exec would be noted there.
pid_t start(const char* path, char** argv, char** environment, int input) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) become(path, argv, environment, input);
  if (pid > 0) setpgid(pid, pid);  // whichever of the two is first
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

class ProgramRun final : public Errand {
 public:
  // Without a process: it could not be started.
  ProgramRun(pid_t pid, std::string why_not, Clock::time_point deadline)
      : pid_{pid},
        end_{pid > 0 ? static_cast<int>(syscall(SYS_pidfd_open, pid, 0)) : -1},
        why_not_{std::move(why_not)},
        deadline_{deadline} {}
  ~ProgramRun() override {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  std::optional<Ending> go_on() override {
    if (pid_ <= 0) return Ending{why_not_};
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) return ended(status);
    const auto now = Clock::now();
    if (now >= deadline_) {
      kill(-pid_, asked_ ? SIGKILL : SIGTERM);
      asked_ = true;
      deadline_ = now + kErrandEnds;
    }
    return std::nullopt;
  }

  void add_waits(std::vector<pollfd>& waits) const override {
    if (end_) waits.push_back({end_.get(), POLLIN, 0});
  }

  Clock::time_point wakes_at() const override {
    // A kernel without a descriptor for processes: looked at now and then.
    return pid_ > 0 && !end_ ? std::min(deadline_, Clock::now() + kGlance) : deadline_;
  }

 private:
  static constexpr std::chrono::milliseconds kGlance{20};

  Ending ended(int status) {
    if (asked_) kill(-pid_, SIGKILL);  // what it has started and left
    pid_ = -1;
    if (asked_) return {"it took too long and was ended"};
    if (WIFSIGNALED(status)) return {"signal " + std::to_string(WTERMSIG(status))};
    if (WEXITSTATUS(status) != 0) return {"exit " + std::to_string(WEXITSTATUS(status))};
    return {};
  }

  pid_t pid_;
  Descriptor end_;  // of the process; readable when it has come
  std::string why_not_;
  Clock::time_point deadline_;
  bool asked_ = false;  // to end
};

}  // namespace

ProgramRuns::ProgramRuns(std::vector<std::string> argv, const std::vector<std::string>& environment)
    : path_{find_program(argv.front())},
      argv_{std::move(argv)},
      environment_{environment_with(environment)} {}

std::unique_ptr<Errand> ProgramRuns::begin(const std::string& json,
                                           Errand::Clock::time_point deadline) {
  const auto input = file_with(json + "\n");
  auto argv = words_of(argv_);
  auto environment = words_of(environment_);
  const auto pid =
      input ? start(path_.c_str(), argv.data(), environment.data(), input.get()) : pid_t{-1};
  return std::make_unique<ProgramRun>(
      pid, pid > 0 ? std::string{} : std::string{std::strerror(errno)}, deadline);
}

}  // namespace bisik::client
