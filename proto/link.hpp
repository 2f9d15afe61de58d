// Addresses and links, docs/protocol.md 8:
//
//     bisik://HOST:PORT/RELAYKEY            a relay
//     bisik://HOST:PORT/RELAYKEY#PAYLOAD    and an invite to register there, or a contact, or both
//
// What is parsed is in one normal form (lower-case host, IPv6 as RFC 5952 writes it), so two
// addresses of one relay compare equal and parse_link(format_link(link)) is the same link.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/capability.hpp"
#include "crypto/dh.hpp"
#include "crypto/linking_messages.hpp"
#include "crypto/sign.hpp"
#include "crypto/successor.hpp"
#include "crypto/write_key.hpp"
#include "proto/error.hpp"
#include "proto/limits.hpp"

namespace bisik::proto {

struct RelayAddress {
  std::string host;  // a name, an .onion name, or an IP address (IPv6 without brackets)
  std::uint16_t port = kDefaultPort;
  crypto::DhPublicKey key;  // the relay's static key in Noise

  friend bool operator==(const RelayAddress&, const RelayAddress&) = default;
  friend auto operator<=>(const RelayAddress&, const RelayAddress&) = default;
};

// Known to a link's maker and its user, never to a relay: shows the maker which link was used.
using LinkToken = crypto::ByteArray<kTokenBytes>;

struct LinkContact {
  crypto::VerifyKey account_key;    // AK
  crypto::Capability write_secret;  // made for this link: the mailboxes' write keys come from it
  std::string name;                 // suggested; valid UTF-8, perhaps empty, never safe to print
  LinkToken token;

  friend bool operator==(const LinkContact&, const LinkContact&) = default;
};

// What the contact of a link has signed, so that an older account can say that it goes on as this.
struct LinkSuccessor {
  crypto::VerifyKey old_key;
  crypto::UnixTime created;
  crypto::Signature by_new;

  friend bool operator==(const LinkSuccessor&, const LinkSuccessor&) = default;
};

struct Link {
  RelayAddress relay;
  std::optional<crypto::Capability> invite;
  std::optional<LinkContact> contact;
  std::optional<crypto::LinkingCode> device = {};  // of a new device; then nothing else
  std::optional<LinkSuccessor> successor = {};     // beside `contact`, without an invite
  std::optional<crypto::VerifyKey> mover = {};     // an account that moves; then nothing else

  friend bool operator==(const Link&, const Link&) = default;
};

// The scheme may be in any case, the port may be absent, white space after the link is ignored.
// Otherwise one of the link errors of proto/error.hpp, which says what is wrong.
[[nodiscard]] Result<Link> parse_link(std::string_view text);

// As parse_link; a payload is ignored. For where only a relay is asked for.
[[nodiscard]] Result<RelayAddress> parse_address(std::string_view text);

[[nodiscard]] std::string format_address(const RelayAddress& relay);
[[nodiscard]] std::string format_link(const Link& link);

}  // namespace bisik::proto
