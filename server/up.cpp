#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "server/clock.hpp"
#include "server/commands.hpp"
#include "server/hardening.hpp"
#include "server/problem.hpp"
#include "server/qr.hpp"
#include "server/registry.hpp"
#include "server/relay_keys.hpp"
#include "server/sandbox.hpp"
#include "server/service.hpp"
#include "storage/sqlite_relay_store.hpp"

namespace bisik::server {
namespace {

using boost::asio::ip::tcp;

// A database up to this size is read through at every start, in well under a second; a larger one
// is checked page by page as it is used.
constexpr std::uintmax_t kCheckedAtStartBytes = 64 * 1024 * 1024;

[[noreturn]] void fail_to_listen(const tcp::endpoint& endpoint, boost::system::error_code why) {
  const HostPort address{endpoint.address().to_string(), endpoint.port()};
  std::string sentence = "Cannot listen on " + format(address) + ": ";
  if (why == boost::asio::error::address_in_use) {
    sentence += "the port is in use. Choose another one with --listen.";
  } else if (why == boost::system::errc::permission_denied) {
    sentence += "ports below 1024 need a privilege. Choose another one with --listen.";
  } else if (why == boost::system::errc::address_not_available) {
    sentence += "this machine has no such address.";
  } else {
    sentence += why.message() + ".";
  }
  throw Problem{Exit::user, sentence};
}

// Names are looked up here, which takes files that the sandbox puts out of reach.
std::vector<tcp::endpoint> wanted_endpoints(const Config& config) {
  std::vector<tcp::endpoint> wanted;
  for (const auto& text : config.listen) {
    const auto endpoints = parse_listen(text);
    wanted.insert(wanted.end(), endpoints.begin(), endpoints.end());
  }
  return wanted;
}

std::vector<tcp::endpoint> listen(Service& service, std::vector<tcp::endpoint> wanted) {
  const bool everywhere = wanted.empty();
  if (everywhere) wanted.emplace_back(boost::asio::ip::address_v6::any(), proto::kDefaultPort);
  std::vector<tcp::endpoint> bound;
  for (auto& endpoint : wanted) {
    try {
      bound.push_back(service.listen(endpoint));
    } catch (const boost::system::system_error& error) {
      const bool no_v6 = error.code() == boost::asio::error::address_family_not_supported;
      if (!everywhere || !no_v6) fail_to_listen(endpoint, error.code());
      bound.push_back(service.listen({boost::asio::ip::address_v4::any(), proto::kDefaultPort}));
    }
  }
  return bound;
}

std::vector<HostPort> advertised(const std::vector<tcp::endpoint>& bound, const Config& config) {
  if (!config.advertise.empty()) {
    return {parse_advertised(config.advertise, bound.front().port())};
  }
  for (const auto& endpoint : bound) {
    if (!endpoint.address().is_unspecified()) continue;
    std::fputs(
        "Listening on every address: there is one link for each address of this machine. With "
        "--advertise HOST:PORT you say which one to use.\n",
        stderr);
    break;
  }
  return reachable(bound, machine_addresses());
}

void check(storage::SqliteRelayStore& store, const std::filesystem::path& file) {
  if (std::filesystem::file_size(file) > kCheckedAtStartBytes) return;
  if (const auto fault = store.integrity_check()) {
    throw storage::StorageError{storage::StorageError::Kind::corrupt, *fault};
  }
}

void print(const char* what, const std::vector<std::string>& links, Output output) {
  for (const auto& link : links) {
    if (output == Output::words) {
      std::printf("%s %s\n", what, link.c_str());
    } else {
      std::printf("%s\n", nlohmann::json{{what, link}}.dump().c_str());
    }
  }
}

void print_for_person(const std::vector<std::string>& invites, Output output) {
  if (output == Output::json || ::isatty(STDOUT_FILENO) == 0) return;
  if (invites.empty()) {
    std::puts("For another invite: bisik-relay invite");
    return;
  }
  if (const auto code = qr_text(invites.front())) std::fputs(code->c_str(), stdout);
  std::puts("Join with: bisik join 'the invite link' --name NAME   (one use, 24 hours)");
}

void announce(const std::vector<HostPort>& addresses, const crypto::DhPublicKey& key,
              storage::RelayStore& store, Clerk& clerk, Output output) {
  print("relay", relay_links(addresses, key), output);
  std::vector<std::string> invites;
  if (!ever_invited(store)) {
    const auto token = crypto::Capability::random();
    create_invite(store, clerk, token, {}, system_time());
    invites = invite_links(addresses, key, token);
    print("invite", invites, output);
  }
  print_for_person(invites, output);
  std::fflush(stdout);
}

// SQLite takes a file without a first page for a new database: a relay that has served would forget
// everybody, and nothing would say so. Before it has served, its start may have been cut short.
void require_content(const DataDirectory& directory) {
  constexpr std::uintmax_t smallest_page = 512;
  std::error_code missing;
  const auto size = std::filesystem::file_size(directory.file("relay.db"), missing);
  if (missing || size >= smallest_page || directory.read_addresses().empty()) return;
  throw storage::StorageError{storage::StorageError::Kind::corrupt, "the file is empty"};
}

crypto::Locked<proto::Reception> open_keys(const DataDirectory& directory, bool require_mlock) {
  const auto file = directory.file("relay.key");
  if (!std::filesystem::exists(file) && std::filesystem::exists(directory.file("relay.db"))) {
    throw Problem{Exit::user, "The key file " + file.string() +
                                  " is missing beside its database: put a copy of it back. Without "
                                  "it nobody finds this relay any more."};
  }
  auto reception = open_reception(file);
  if (!reception.locked()) {
    const std::string sentence =
        "The system locks no memory, so keys may reach the swap space: raise the limit "
        "(ulimit -l).";
    if (require_mlock) throw Problem{Exit::user, sentence};
    spdlog::warn("{}", sentence);
  }
  return reception;
}

// What a process needs besides its connections: database, log and reserve, listeners, the door for
// the operator and a few of its visitors.
constexpr std::uint64_t kOwnFiles = 64;

// Nobody is let in for whom there is no file: a connection too many would be accepted and could not
// be answered. What the operator has chosen is kept or refused, never lowered.
Limits fit_to_files(const Configured& configured, std::uint64_t files) {
  auto limits = configured.config.limits;
  if (limits.connections + kOwnFiles <= files) return limits;
  const bool chosen = configured.chosen("limits.connections");
  const auto least = find_limit("connections").least;
  if (chosen || files < least + kOwnFiles) {
    throw Problem{Exit::user,
                  "The system lets this process open " + std::to_string(files) + " files, and " +
                      std::to_string(chosen ? limits.connections : least) + " connections take " +
                      std::to_string((chosen ? limits.connections : least) + kOwnFiles) +
                      ": raise that limit (ulimit -Hn, LimitNOFILE=)" +
                      (chosen ? " or lower limits.connections." : ".")};
  }
  limits.connections = files - kOwnFiles;
  spdlog::warn(
      "at most {} connections, as the system lets this process open {} files: raise that limit "
      "(ulimit -Hn, LimitNOFILE=)",
      limits.connections, files);
  return limits;
}

// What holds the process, and what is missing of it: said once the relay serves, so that a start
// that fails says one sentence, its own.
struct Sandbox {
  bool begun = false;
  std::string missing = {};
  spdlog::level::level_enum weight = spdlog::level::warn;
};

// Half of it before there is a thread, half once everything is open: server/sandbox.hpp.
Sandbox begin_sandbox(const Config& config, const DataDirectory& directory) {
  if (!config.sandbox) return {.missing = "the sandbox is off, as configured"};
  if (!sandbox_possible()) {
    return {.missing = "no sandbox: a sanitizer or valgrind watches this process"};
  }
  switch (confine_files(directory)) {
    case Held::not_at_all:
      return {true, "this kernel has no Landlock: files outside the data directory stay in reach"};
    case Held::partly:
      return {true, "this kernel has an older Landlock, which holds files alone",
              spdlog::level::info};
    case Held::fully:
      break;
  }
  return {.begun = true};
}

void finish_sandbox(const Sandbox& sandbox) {
  if (!sandbox.missing.empty()) spdlog::log(sandbox.weight, "{}", sandbox.missing);
  if (sandbox.begun && !confine_calls()) {
    spdlog::warn("this kernel has no seccomp: system calls stay in reach");
  }
}

void say_what_configures(const Configured& configured) {
  if (configured.file) {
    spdlog::info("configured by {}", configured.file->string());
  } else {
    const auto file = std::filesystem::path{configured.config.data} / kConfigName;
    spdlog::info("no configuration file: {} would be one (bisik-relay config)", file.string());
  }
}

}  // namespace

void run_up(const Configured& configured, Output output) {
  const auto& config = configured.config;
  const auto limits = fit_to_files(configured, raise_file_limit());
  auto directory = DataDirectory::open(config.data);
  if (!directory.try_lock()) {
    throw Problem{Exit::user, "The data directory " + directory.path().string() +
                                  " is in use by another bisik-relay: stop that one, or choose "
                                  "another directory with --data."};
  }
  const auto reception = open_keys(directory, config.require_mlock);
  require_content(directory);
  directory.require_rights_to("relay.db");
  const auto database = directory.file("relay.db");
  storage::SqliteRelayStore store{{.path = database.string()}};
  check(store, database);

  const auto endpoints = wanted_endpoints(config);
  const auto sandbox = begin_sandbox(config, directory);
  Service::block_signals();
  Clerk clerk{store, limits, reception->key()};
  Service service{store, clerk, *reception, limits, to_addresses(config.shared_addresses)};
  const auto addresses = advertised(listen(service, endpoints), config);
  std::vector<std::string> lines;
  for (const auto& address : addresses) lines.push_back(format(address));
  directory.write_addresses(lines);
  service.open_door(directory);
  service.stop_on_signals();
  Service::go_first();
  announce(addresses, reception->key(), store, clerk, output);
  finish_sandbox(sandbox);
  say_what_configures(configured);

  spdlog::info("serving");
  service.run();
  spdlog::info("stopped");
}

}  // namespace bisik::server
