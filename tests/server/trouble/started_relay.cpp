#include "tests/server/trouble/started_relay.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace bisik::server::trouble {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> found;
  for (auto& word : words) found.push_back(word.data());
  found.push_back(nullptr);
  return found;
}

// In the child, between fork and exec.
[[noreturn]] void become(char* const* words, char* const* environment, int output, int errors,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execve(words[0], words, environment);
  ::_exit(127);
}

bool read_line(int output) {
  char byte = 0;
  while (byte != '\n') {
    const auto n = ::read(output, &byte, 1);
    if (n == 0 || (n < 0 && errno != EINTR)) return false;
  }
  return true;
}

}  // namespace

StartedRelay::StartedRelay(const RelayProgram& program)
    : errors_{::memfd_create("errors", MFD_CLOEXEC)} {
  std::vector<std::string> words{
      program.program, "--log-level",        "error",    "up", "--data", program.data, "--listen",
      "127.0.0.1:0",   "--shared-addresses", "127.0.0.1"};
  auto environment = program.environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  const auto arguments = pointers(words);
  const auto variables = pointers(environment);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
  output_ = Descriptor{ends[0]};
  const Descriptor input{ends[1]};
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(arguments.data(), variables.data(), input.get(), errors_.get(), parent);
  if (pid_ < 0 || !read_line(output_.get())) {
    if (pid_ > 0) end();
    throw std::runtime_error{"the relay does not start: " + errors()};
  }
}

StartedRelay::~StartedRelay() {
  if (pid_ <= 0) return;
  send(SIGKILL);
  end();
}

void StartedRelay::send(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

int StartedRelay::end() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string StartedRelay::errors() const {
  std::string text(static_cast<std::size_t>(::lseek(errors_.get(), 0, SEEK_END)), '\0');
  const auto n = ::pread(errors_.get(), text.data(), text.size(), 0);
  text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return text;
}

}  // namespace bisik::server::trouble
