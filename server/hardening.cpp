#include "server/hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "crypto/sodium.hpp"
#include "server/problem.hpp"

// The leak checker attaches to its own process, which is what PR_SET_DUMPABLE forbids.
#if defined(__SANITIZE_ADDRESS__)
#define BISIK_LEAK_CHECKER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BISIK_LEAK_CHECKER 1
#endif
#endif

namespace bisik::server {

void harden_process() {
  const rlimit none{0, 0};
  bool done = ::setrlimit(RLIMIT_CORE, &none) == 0;
#ifndef BISIK_LEAK_CHECKER
  done = done && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
  if (!done) {
    throw Problem{Exit::unexpected, "Core dumps cannot be switched off: the system refuses it."};
  }
  ::umask(S_IRWXG | S_IRWXO);
  std::signal(SIGPIPE, SIG_IGN);  // a closed stdout is an error where we write, not a death
  crypto::initialise();
}

std::uint64_t raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  const auto before = files.rlim_cur;
  files.rlim_cur = files.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_max : before;
}

}  // namespace bisik::server
