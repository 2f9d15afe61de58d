#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "server/clock.hpp"
#include "server/commands.hpp"
#include "server/operator_door.hpp"
#include "server/problem.hpp"
#include "server/relay_keys.hpp"
#include "storage/sqlite_relay_store.hpp"

namespace bisik::server {
namespace {

// A relay that starts or stops holds the lock and does not answer yet, or no more.
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::milliseconds kBetweenTries{20};

// True: done by the relay that runs there. False: none answers.
bool ask_running_relay(const DataDirectory& directory, const crypto::Capability& token,
                       const InviteTerms& terms) {
  proto::pb::Request request;
  request.set_number(1);
  auto& wanted = *request.mutable_create_invite();
  const auto hash = token.hash();
  wanted.set_token_hash(hash.data(), hash.size());
  wanted.set_uses(terms.uses);
  wanted.set_lifetime_seconds(static_cast<std::uint32_t>(terms.lifetime.count()));
  const auto response = ask(directory, request);
  if (!response) return false;
  if (response->status() != proto::pb::STATUS_OK) {
    throw Problem{Exit::relay, "The relay is too busy to make an invite: try again in " +
                                   std::to_string(response->retry_after_seconds()) + " s."};
  }
  return true;
}

void make_invite(DataDirectory& directory, const crypto::DhPublicKey& relay_key,
                 const crypto::Capability& token, const InviteTerms& terms, const Limits& limits) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    if (directory.try_lock()) {
      directory.require_rights_to("relay.db");
      storage::SqliteRelayStore store{{.path = directory.file("relay.db").string()}};
      Clerk clerk{store, limits, relay_key};
      return create_invite(store, clerk, token, terms, system_time());
    }
    if (ask_running_relay(directory, token, terms)) return;
    if (std::chrono::steady_clock::now() > give_up) {
      throw Problem{Exit::relay, "The relay that uses " + directory.path().string() +
                                     " does not answer: is it stopping, or stopped (Ctrl-Z)?"};
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
}

std::vector<HostPort> kept_addresses(const DataDirectory& directory) {
  std::vector<HostPort> addresses;
  for (const auto& line : directory.read_addresses()) {
    addresses.push_back(parse_advertised(line, proto::kDefaultPort));
  }
  if (addresses.empty()) {
    throw Problem{Exit::user, "No relay has run in " + directory.path().string() +
                                  " yet: start it once with `bisik-relay up`."};
  }
  return addresses;
}

void print(const std::vector<std::string>& links, const InviteTerms& terms, Output output) {
  if (output == Output::words) {
    for (const auto& link : links) std::printf("%s\n", link.c_str());
    return;
  }
  const auto expires = system_time().wall + terms.lifetime;
  const nlohmann::json line{{"link", links.front()},
                            {"links", links},
                            {"uses", terms.uses},
                            {"expires_at", expires.time_since_epoch().count()}};
  std::printf("%s\n", line.dump().c_str());
}

}  // namespace

void run_invite(const Config& config, const InviteTerms& terms, Output output) {
  check_terms(terms, config.limits);
  auto directory = DataDirectory::open_existing(config.data);
  const auto addresses = kept_addresses(directory);
  const auto relay_key = read_public_key(directory.file("relay.key"));
  const auto token = crypto::Capability::random();
  make_invite(directory, relay_key, token, terms, config.limits);
  print(invite_links(addresses, relay_key, token), terms, output);
  std::fflush(stdout);
}

}  // namespace bisik::server
