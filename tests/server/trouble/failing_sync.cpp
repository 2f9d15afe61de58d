// A disk that fails, for a relay that is started with this library in LD_PRELOAD: after as many
// syncs as BISIK_GOOD_SYNCS says, each one fails.
#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace {

bool is_good() {
  static std::atomic<long> left = [] {
    const char* good = std::getenv("BISIK_GOOD_SYNCS");
    return good != nullptr ? std::atol(good) : 0;
  }();
  return left.fetch_sub(1) > 0;
}

int sync(const char* name, int file) {
  if (!is_good()) {
    errno = EIO;
    return -1;
  }
  return reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, name))(file);
}

}  // namespace

extern "C" int fdatasync(int file) { return sync("fdatasync", file); }
extern "C" int fsync(int file) { return sync("fsync", file); }
