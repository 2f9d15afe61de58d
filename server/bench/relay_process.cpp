#include "server/bench/relay_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>

#include "proto/relay.pb.h"
#include "server/addresses.hpp"
#include "server/operator_door.hpp"
#include "server/problem.hpp"
#include "server/relay_keys.hpp"

namespace bisik::server::bench {
namespace {

[[noreturn]] void fail_to(const std::string& what) {
  throw Problem{Exit::unexpected, "Cannot " + what + ": " + std::strerror(errno) + "."};
}

// In the child, between fork and exec: calls of the system alone. All the clients that will come
// are one address, which the limits of a prefix would hold back.
[[noreturn]] void become_relay(const std::string& data, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::dup2(output, STDOUT_FILENO);
  ::execl("/proc/self/exe", "bisik-relay", "--log-level", "warn", "up", "--data", data.c_str(),
          "--listen", "127.0.0.1:0", "--shared-addresses", "127.0.0.1", nullptr);
  ::_exit(1);
}

// It says its address on stdout once it serves.
void await_first_line(int output) {
  char byte = 0;
  ssize_t n = 0;
  while (byte != '\n') {
    n = ::read(output, &byte, 1);
    if (n == 1 || (n < 0 && errno == EINTR)) continue;
    throw Problem{Exit::relay, "The relay that was to be measured does not start."};
  }
}

// Whoever listens at the operator's door.
pid_t pid_behind_door(const DataDirectory& directory) {
  const Descriptor door{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const auto path = directory.short_name("admin.sock");
  path.copy(name.sun_path, sizeof name.sun_path - 1);
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::connect(door.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
      ::getsockopt(door.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    throw Problem{Exit::relay, "No relay runs on " + directory.path().string() + "."};
  }
  return peer.pid;
}

boost::asio::ip::tcp::endpoint loopback_endpoint(const DataDirectory& directory) {
  for (const auto& line : directory.read_addresses()) {
    const auto address = parse_listen(line).front();
    if (address.address().is_loopback()) return address;
  }
  throw Problem{Exit::user,
                "The relay does not listen on a loopback address: start one for this with "
                "--listen 127.0.0.1:0."};
}

std::string contents_of(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

ScratchFolder::ScratchFolder(const std::filesystem::path& parent) {
  auto name = (parent / "bisik-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail_to("create a folder in " + parent.string());
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Child::Child(const std::filesystem::path& data) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) fail_to("start a relay");
  const Descriptor output{ends[0]};
  Descriptor input{ends[1]};
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) fail_to("start a relay");
  if (pid_ == 0) become_relay(data.string(), input.get(), parent);
  input = {};
  await_first_line(output.get());
}

Child::~Child() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

RelayProcess::RelayProcess(const ScratchFolder& scratch)
    : directory_{DataDirectory::open(scratch.path() / "relay")},
      started_{directory_.path()},
      pid_{started_.pid()} {
  meet();
}

RelayProcess::RelayProcess(const std::filesystem::path& data)
    : directory_{DataDirectory::open_existing(data)}, pid_{pid_behind_door(directory_)} {
  meet();
}

void RelayProcess::meet() {
  endpoint_ = loopback_endpoint(directory_);
  key_ = read_public_key(directory_.file("relay.key"));
}

crypto::Capability RelayProcess::invite(std::uint32_t uses) const {
  constexpr std::uint32_t lifetime_seconds = 3600;
  const auto token = crypto::Capability::random();
  const auto hash = token.hash();
  proto::pb::Request request;
  request.set_number(1);
  auto& wanted = *request.mutable_create_invite();
  wanted.set_token_hash(hash.data(), hash.size());
  wanted.set_uses(uses);
  wanted.set_lifetime_seconds(lifetime_seconds);
  const auto response = ask(directory_, request);
  if (!response || response->status() != proto::pb::STATUS_OK) {
    throw Problem{Exit::relay, "The relay makes no invite: is it very busy?"};
  }
  return token;
}

// proc(5): the fields after the name, which may contain anything; the 14th and 15th of the line are
// ticks of the processor.
std::chrono::milliseconds RelayProcess::cpu() const {
  const auto line = contents_of("/proc/" + std::to_string(pid_) + "/stat");
  const auto end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream fields{line.substr(end_of_name + 1)};
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds{(user + system) * 1000 / ::sysconf(_SC_CLK_TCK)};
}

std::size_t RelayProcess::resident_bytes() const {
  std::istringstream fields{contents_of("/proc/" + std::to_string(pid_) + "/statm")};
  std::size_t total = 0;
  std::size_t resident = 0;
  fields >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace bisik::server::bench
