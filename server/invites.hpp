// Making invites and showing them as links: what `up` does at its first start and `invite` always.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "crypto/capability.hpp"
#include "crypto/dh.hpp"
#include "server/addresses.hpp"
#include "server/clerk.hpp"

namespace bisik::server {

struct InviteTerms {
  std::uint32_t uses = 1;
  std::chrono::seconds lifetime = kDay;
};

// 90s, 30m, 24h, 7d, or a number of seconds. Throws Problem.
[[nodiscard]] std::chrono::seconds parse_duration(const std::string& text);

[[nodiscard]] op::CreateInvite to_operation(const crypto::Capability& token,
                                            const InviteTerms& terms);

// Straight into the store, in a batch of its own: while no relay runs on it. Throws Problem if the
// terms are out of bounds.
void create_invite(storage::RelayStore& store, Clerk& clerk, const crypto::Capability& token,
                   const InviteTerms& terms, Time now);

// One for each address: all of them are the same relay and the same invite.
[[nodiscard]] std::vector<std::string> invite_links(const std::vector<HostPort>& addresses,
                                                    const crypto::DhPublicKey& relay_key,
                                                    const crypto::Capability& token);
[[nodiscard]] std::vector<std::string> relay_links(const std::vector<HostPort>& addresses,
                                                   const crypto::DhPublicKey& relay_key);

// Throws Problem if the terms are out of bounds.
void check_terms(const InviteTerms& terms, const Limits& limits);

}  // namespace bisik::server
