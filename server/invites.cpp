#include "server/invites.hpp"

#include <cassert>
#include <charconv>

#include "proto/link.hpp"
#include "server/problem.hpp"

namespace bisik::server {
namespace {

proto::Link link_to(const HostPort& address, const crypto::DhPublicKey& relay_key) {
  return {.relay = {.host = address.host, .port = address.port, .key = relay_key},
          .invite = std::nullopt,
          .contact = std::nullopt};
}

std::optional<std::uint64_t> seconds_of(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 24 * 3600;
  return std::nullopt;
}

}  // namespace

std::chrono::seconds parse_duration(const std::string& text) {
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, number);
  const auto factor = seconds_of({unit, static_cast<std::size_t>(end - unit)});
  if (error != std::errc{} || !factor) {
    throw Problem{Exit::user, text + " is no duration: write it like 90s, 30m, 24h or 7d."};
  }
  return std::chrono::seconds{number * *factor};
}

op::CreateInvite to_operation(const crypto::Capability& token, const InviteTerms& terms) {
  return {std::nullopt, token.hash(), terms.uses, terms.lifetime};
}

void create_invite(storage::RelayStore& store, Clerk& clerk, const crypto::Capability& token,
                   const InviteTerms& terms, Time now) {
  check_terms(terms, clerk.limits());
  storage::Batch batch{store};
  const auto outcome = clerk.execute({{}, to_operation(token, terms)}, now);
  assert(outcome.response.status() == proto::pb::STATUS_OK);
  batch.commit();
}

std::vector<std::string> relay_links(const std::vector<HostPort>& addresses,
                                     const crypto::DhPublicKey& relay_key) {
  std::vector<std::string> links;
  for (const auto& address : addresses) {
    links.push_back(proto::format_link(link_to(address, relay_key)));
  }
  return links;
}

std::vector<std::string> invite_links(const std::vector<HostPort>& addresses,
                                      const crypto::DhPublicKey& relay_key,
                                      const crypto::Capability& token) {
  std::vector<std::string> links;
  for (const auto& address : addresses) {
    auto link = link_to(address, relay_key);
    link.invite = token;
    links.push_back(proto::format_link(link));
  }
  return links;
}

void check_terms(const InviteTerms& terms, const Limits& limits) {
  const std::chrono::seconds longest{limits.invite_seconds};
  if (terms.uses >= 1 && terms.uses <= limits.invite_uses && terms.lifetime.count() >= 1 &&
      terms.lifetime <= longest) {
    return;
  }
  throw Problem{Exit::user, "An invite has 1 to " + std::to_string(limits.invite_uses) +
                                " uses and lasts from a second to " +
                                std::to_string(longest / kDay) +
                                " days: choose --uses and --expires between these."};
}

}  // namespace bisik::server
