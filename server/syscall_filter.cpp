// The half of the sandbox that knows system calls: a seccomp filter, server/sandbox.hpp.
//
// A list of what is allowed. What only an intruder would do ends the process; whatever else is not
// on the list fails with EPERM, since a library may have asked and can do without.
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "server/sandbox.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BISIK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BISIK_SANITIZED 1
#endif
#endif

namespace bisik::server {
namespace {

// Written with the names of system calls: the numbers differ from machine to machine, and a name
// that this one has not is passed over.
constexpr std::string_view kAllowed =
    // connections that are there, and new ones to sockets that listen already
    "accept accept4 read readv write writev recvfrom recvmsg sendto sendmsg shutdown close "
    "getsockopt setsockopt getsockname getpeername "
    // waiting
    "epoll_wait epoll_pwait epoll_pwait2 epoll_ctl poll ppoll select pselect6 timerfd_settime "
    "timerfd_gettime nanosleep clock_nanosleep sched_yield futex futex_time64 "
    // files: which ones is Landlock's part
    "open openat stat lstat fstat newfstatat fstatat64 statx access faccessat faccessat2 lseek "
    "_llseek pread64 pwrite64 ftruncate fallocate fsync fdatasync unlink unlinkat rename renameat "
    "renameat2 flock fcntl fcntl64 fchmod fchown readlink readlinkat getcwd getdents64 statfs "
    "fstatfs "
    // memory; what may be run is asked for apart
    "munmap mremap madvise brk mlock mlock2 munlock "
    // clocks, chance, and who we are
    "clock_gettime clock_gettime64 clock_getres gettimeofday time getrandom getpid gettid getuid "
    "geteuid getgid getegid getrusage sysinfo uname sched_getaffinity getrlimit getcpu "
    // signals and the end
    "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall set_robust_list rseq "
    "exit exit_group";

// Nothing in the relay does these by mistake.
constexpr std::string_view kFatal =
    "execve execveat ptrace process_vm_readv process_vm_writev pidfd_getfd bpf init_module "
    "finit_module kexec_load kexec_file_load mount pivot_root chroot setns unshare userfaultfd "
    "perf_event_open keyctl add_key";

struct Release {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

bool add(const Filter& filter, std::uint32_t action, std::string_view names) {
  std::istringstream words{std::string{names}};
  for (std::string name; words >> name;) {
    const int number = ::seccomp_syscall_resolve_name(name.c_str());
    if (number < 0) continue;  // not on this machine
    if (::seccomp_rule_add_array(filter.get(), action, number, 0, nullptr) != 0) return false;
  }
  return true;
}

bool add_if(const Filter& filter, const char* name, const scmp_arg_cmp& condition) {
  const int number = ::seccomp_syscall_resolve_name(name);
  if (number < 0) return true;
  return ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, number, 1, &condition) == 0;
}

// Memory is never made executable, a limit is read and never set, a signal goes to ourselves alone
// (abort), and devices are asked for nothing but not to wait (FIONBIO).
bool add_conditions(const Filter& filter) {
  const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  const scmp_arg_cmp ourselves{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0};
  const scmp_arg_cmp only_read{2, SCMP_CMP_EQ, 0, 0};
  constexpr scmp_datum_t kFionbio = 0x5421;
  const scmp_arg_cmp non_blocking{1, SCMP_CMP_MASKED_EQ, UINT32_MAX, kFionbio};
  return add_if(filter, "mmap", not_executable) && add_if(filter, "mmap2", not_executable) &&
         add_if(filter, "mprotect", not_executable) && add_if(filter, "tgkill", ourselves) &&
         add_if(filter, "prlimit64", only_read) && add_if(filter, "ioctl", non_blocking);
}

}  // namespace

bool sandbox_possible() {
#ifdef BISIK_SANITIZED
  return false;
#else
  // valgrind runs the program in its own process, which such a filter would end.
  const char* preloaded = std::getenv("LD_PRELOAD");
  return preloaded == nullptr || std::string_view{preloaded}.find("vgpreload") == std::string::npos;
#endif
}

bool confine_calls() {
  const Filter filter{::seccomp_init(SCMP_ACT_ERRNO(EPERM))};
  if (!filter) return false;
  return ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
         add(filter, SCMP_ACT_ALLOW, kAllowed) && add(filter, SCMP_ACT_KILL_PROCESS, kFatal) &&
         add_conditions(filter) && ::seccomp_load(filter.get()) == 0;
}

}  // namespace bisik::server
