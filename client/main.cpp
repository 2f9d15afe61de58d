// bisik: what protects the process comes first, then the command line.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "client/cli/run.hpp"
#include "client/signals.hpp"
#include "crypto/sodium.hpp"

namespace {

// No copy of the memory reaches a disk or a debugger.
void forbid_core_dumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

// Descriptors 0 to 2 are open, so that no file of ours is ever taken for the terminal.
void open_standard_streams() {
  while (true) {
    const int fd = open("/dev/null", O_RDWR);
    if (fd > STDERR_FILENO) close(fd);
    if (fd < 0 || fd > STDERR_FILENO) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  umask(077);
  open_standard_streams();
  try {
    bisik::crypto::initialise();
    bisik::client::Signals::install();
    return bisik::client::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bisik: %s\n", error.what());
    return 2;
  }
}
