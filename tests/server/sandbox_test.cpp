// Each thing that the sandbox takes away is tried by a child process that has entered it; each
// thing that the relay goes on doing is tried as well.
#include "server/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

// What the child reports: by its exit code, or by how it was ended.
enum class Ending { done = 0, refused = 1, no_sandbox = 2, killed = 3, other = 4 };

[[noreturn]] void end_with(Ending ending) { ::_exit(static_cast<int>(ending)); }

class SandboxTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!sandbox_possible()) GTEST_SKIP() << "not under sanitizers and valgrind";
    ::chmod(folder.path().c_str(), 0700);
  }

  // `attempt` runs in the sandbox: true if it was let do it.
  Ending in_sandbox(const std::function<bool()>& attempt) {
    const auto child = ::fork();
    if (child == 0) {
      const auto directory = DataDirectory::open(folder.path() / "data");
      const bool confined = confine_files(directory) != Held::not_at_all && confine_calls();
      end_with(!confined ? Ending::no_sandbox : attempt() ? Ending::done : Ending::refused);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGSYS ? Ending::killed : Ending::other;
    return static_cast<Ending>(WEXITSTATUS(status));
  }

  [[nodiscard]] std::string inside(const char* name) const { return folder.path() / "data" / name; }
  [[nodiscard]] std::string outside(const char* name) const { return folder.path() / name; }

  static bool opens(const std::string& path, int how) {
    const Descriptor file{::open(path.c_str(), how | O_CLOEXEC, 0600)};
    return static_cast<bool>(file);
  }

  storage::TemporaryFolder folder;
};

TEST_F(SandboxTest, KeepsTheFilesOfTheDataDirectoryInReach) {
  EXPECT_EQ(in_sandbox([this] {
              return opens(inside("new"), O_RDWR | O_CREAT) &&
                     ::truncate(inside("new").c_str(), 0) != 0 &&  // by its descriptor alone
                     opens(inside("new"), O_RDWR | O_TRUNC) &&
                     ::rename(inside("new").c_str(), inside("renamed").c_str()) == 0 &&
                     ::unlink(inside("renamed").c_str()) == 0;
            }),
            Ending::done);
}

TEST_F(SandboxTest, OpensNothingOutsideTheDataDirectory) {
  ASSERT_TRUE(opens(outside("precious"), O_RDWR | O_CREAT));
  for (const auto& path :
       {outside("precious"), std::string{"/etc/passwd"}, std::string{"/proc/self/mem"},
        std::string{"/dev/null"}, inside("../precious")}) {
    EXPECT_EQ(in_sandbox([&] { return opens(path, O_RDONLY); }), Ending::refused) << path;
  }
  EXPECT_EQ(in_sandbox([this] { return opens(outside("new"), O_RDWR | O_CREAT); }),
            Ending::refused);
  EXPECT_EQ(in_sandbox([this] { return ::unlink(outside("precious").c_str()) == 0; }),
            Ending::refused);
  EXPECT_EQ(in_sandbox([this] {
              return ::rename(outside("precious").c_str(), inside("mine").c_str()) == 0;
            }),
            Ending::refused);
  EXPECT_TRUE(opens(outside("precious"), O_RDONLY)) << "still there";
}

TEST_F(SandboxTest, ALinkInTheDataDirectoryLeadsNowhere) {
  ASSERT_TRUE(opens(outside("precious"), O_RDWR | O_CREAT));
  DataDirectory::open(folder.path() / "data");
  ASSERT_EQ(::symlink(outside("precious").c_str(), inside("link").c_str()), 0);
  EXPECT_EQ(in_sandbox([this] { return opens(inside("link"), O_RDONLY); }), Ending::refused);
}

TEST_F(SandboxTest, RunsNoProgram) {
  EXPECT_EQ(in_sandbox([] {
              ::execl("/bin/true", "true", nullptr);
              return false;
            }),
            Ending::killed);
}

TEST_F(SandboxTest, MakesNoSocketAndConnectsNowhere) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET}) {
    EXPECT_EQ(in_sandbox([family] { return ::socket(family, SOCK_STREAM, 0) >= 0; }),
              Ending::refused)
        << family;
  }
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int prepared = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, generic, size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, generic, &size), 0);
  EXPECT_EQ(in_sandbox([&] { return ::connect(prepared, generic, size) == 0; }), Ending::refused);
  ASSERT_EQ(::connect(prepared, generic, size), 0);
  EXPECT_EQ(in_sandbox([&] { return ::accept(listener, nullptr, nullptr) >= 0; }), Ending::done);
  ::close(listener);
  ::close(prepared);
}

TEST_F(SandboxTest, TouchesNoOtherProcess) {
  const auto parent = ::getpid();
  EXPECT_EQ(in_sandbox([parent] { return ::ptrace(PTRACE_ATTACH, parent, nullptr, nullptr) == 0; }),
            Ending::killed);
  EXPECT_EQ(in_sandbox([parent] {
              char byte = 0;
              iovec ours{&byte, 1};
              iovec theirs{&byte, 1};
              return ::process_vm_readv(parent, &ours, 1, &theirs, 1, 0) >= 0;
            }),
            Ending::killed);
  EXPECT_EQ(in_sandbox([parent] { return ::kill(parent, 0) == 0; }), Ending::refused);
  EXPECT_EQ(in_sandbox([] { return ::fork() > 0; }), Ending::refused);
}

TEST_F(SandboxTest, MakesNoMemoryExecutable) {
  constexpr std::size_t kPage = 4096;
  EXPECT_EQ(in_sandbox([] {
              return ::mmap(nullptr, kPage, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                            0) != MAP_FAILED;
            }),
            Ending::refused);
  EXPECT_EQ(in_sandbox([] {
              void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return page != MAP_FAILED && ::mprotect(page, kPage, PROT_READ | PROT_EXEC) == 0;
            }),
            Ending::refused);
}

TEST_F(SandboxTest, CannotTakeItsLimitsBack) {
  const rlimit core{RLIM_INFINITY, RLIM_INFINITY};
  EXPECT_EQ(in_sandbox([&] { return ::setrlimit(RLIMIT_CORE, &core) == 0; }), Ending::refused);
  EXPECT_EQ(in_sandbox([] { return ::chmod("/", 0700) == 0; }), Ending::refused);
  EXPECT_EQ(in_sandbox([] { return ::setuid(0) == 0; }), Ending::refused);
}

TEST_F(SandboxTest, HoldsForThreadsThatThereAreAlready) {
  EXPECT_EQ(in_sandbox([] { return true; }), Ending::done);
  const auto child = ::fork();
  if (child == 0) {
    std::atomic<bool> entered = false;
    std::atomic<bool> let = true;
    std::thread early{[&] {
      while (!entered) std::this_thread::yield();
      let = ::socket(AF_INET, SOCK_STREAM, 0) >= 0;
    }};
    const bool confined = confine_calls();
    entered = true;
    early.join();
    end_with(!confined ? Ending::no_sandbox : let ? Ending::done : Ending::refused);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(static_cast<Ending>(WEXITSTATUS(status)), Ending::refused);
}

}  // namespace
}  // namespace bisik::server
