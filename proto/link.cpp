#include "proto/link.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/base64url.hpp"
#include "proto/frame.hpp"
#include "proto/host.hpp"

namespace bisik::proto {
namespace {

constexpr std::string_view kScheme = "bisik://";
constexpr std::string_view kWhiteSpace = " \t\r\n";

struct Parts {
  std::string_view authority;               // HOST:PORT
  std::string_view key;                     // RELAYKEY
  std::optional<std::string_view> payload;  // after '#'
};

bool has_scheme(std::string_view text) {
  const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b); };
  return text.size() >= kScheme.size() &&
         std::ranges::equal(text.substr(0, kScheme.size()), kScheme, same);
}

Result<Parts> split(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
  if (text.size() > kMaxLinkBytes || !has_scheme(text)) return Errc::not_a_link;
  text.remove_prefix(kScheme.size());

  Parts parts;
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    parts.payload = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return Errc::not_a_link;
  parts.authority = text.substr(0, slash);
  parts.key = text.substr(slash + 1);
  return parts;
}

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0) return Errc::bad_port;
  return port;
}

struct HostPort {
  std::string_view host;
  std::optional<std::string_view> port;
};

Result<HostPort> split_bracketed(std::string_view authority) {
  const auto bracket = authority.find(']');
  if (bracket == std::string_view::npos) return Errc::bad_host;
  const auto host = authority.substr(1, bracket - 1);
  if (host.find(':') == std::string_view::npos) return Errc::bad_host;
  const auto rest = authority.substr(bracket + 1);
  if (rest.empty()) return HostPort{host, std::nullopt};
  if (rest.front() != ':') return Errc::bad_port;
  return HostPort{host, rest.substr(1)};
}

Result<HostPort> split_host_port(std::string_view authority) {
  if (authority.starts_with('[')) return split_bracketed(authority);
  const auto colon = authority.find(':');
  if (colon == std::string_view::npos) return HostPort{authority, std::nullopt};
  return HostPort{authority.substr(0, colon), authority.substr(colon + 1)};
}

Result<RelayAddress> parse_relay(const Parts& parts) {
  const auto where = split_host_port(parts.authority);
  if (!where) return where.error();
  auto host = normal_host(where->host);
  if (!host) return host.error();
  const auto port = where->port ? parse_port(*where->port) : Result<std::uint16_t>{kDefaultPort};
  if (!port) return port.error();
  const auto key_bytes = crypto::from_base64url(parts.key);
  if (!key_bytes) return Errc::bad_relay_key;
  const auto key = crypto::DhPublicKey::parse(*key_bytes);
  if (!key) return Errc::bad_relay_key;
  return RelayAddress{std::move(*host), *port, *key};
}

// Of a field whose size validation has checked.
template <std::size_t N>
crypto::ByteArray<N> to_array(const std::string& bytes) {
  crypto::ByteArray<N> out;
  std::ranges::copy(crypto::as_bytes(bytes), out.begin());
  return out;
}

crypto::Capability to_capability(const std::string& bytes) {
  return crypto::Capability::parse(crypto::as_bytes(bytes)).value();
}

LinkContact from_proto(const pb::LinkContact& contact) {
  return {{to_array<crypto::VerifyKey::kSize>(contact.account_key())},
          to_capability(contact.write_secret()),
          contact.name(),
          to_array<kTokenBytes>(contact.token())};
}

LinkSuccessor from_proto(const pb::LinkSuccessor& successor) {
  const auto created = std::chrono::seconds{static_cast<std::int64_t>(successor.created())};
  return {{to_array<crypto::VerifyKey::kSize>(successor.old_key())},
          crypto::UnixTime{created},
          to_array<sizeof(crypto::Signature)>(successor.by_new())};
}

void set(std::string& field, ByteView bytes) { field.assign(crypto::as_text(bytes)); }

void to_proto(const LinkContact& contact, pb::LinkContact& out) {
  set(*out.mutable_account_key(), contact.account_key.bytes);
  set(*out.mutable_write_secret(), contact.write_secret.bytes());
  out.set_name(contact.name);
  set(*out.mutable_token(), contact.token);
}

void to_proto(const LinkSuccessor& successor, pb::LinkSuccessor& out) {
  set(*out.mutable_old_key(), successor.old_key.bytes);
  out.set_created(static_cast<std::uint64_t>(successor.created.time_since_epoch().count()));
  set(*out.mutable_by_new(), successor.by_new);
}

Result<Link> parse_payload(std::string_view text, RelayAddress relay) {
  const auto bytes = crypto::from_base64url(text);
  if (!bytes) return Errc::mangled_payload;
  const auto payload = decode_link_payload(*bytes);
  if (!payload) return Errc::mangled_payload;

  Link link{std::move(relay), std::nullopt, std::nullopt, std::nullopt};
  if (!payload->invite().empty()) link.invite = to_capability(payload->invite());
  if (payload->has_contact()) link.contact = from_proto(payload->contact());
  if (payload->has_device()) {
    const auto& code = payload->device();
    const auto device = crypto::LinkingCode::parse(crypto::as_bytes(code.ephemeral()),
                                                   crypto::as_bytes(code.commitment()),
                                                   crypto::as_bytes(code.secret()));
    if (!device) return Errc::mangled_payload;
    link.device = *device;
  }
  if (payload->has_successor()) link.successor = from_proto(payload->successor());
  if (!payload->mover().empty()) {
    link.mover = crypto::VerifyKey{to_array<crypto::VerifyKey::kSize>(payload->mover())};
  }
  return link;
}

}  // namespace

Result<Link> parse_link(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return parts.error();
  auto relay = parse_relay(*parts);
  if (!relay) return relay.error();
  if (parts->payload) return parse_payload(*parts->payload, std::move(*relay));
  return Link{std::move(*relay), std::nullopt, std::nullopt, std::nullopt};
}

Result<RelayAddress> parse_address(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return parts.error();
  return parse_relay(*parts);
}

std::string format_address(const RelayAddress& relay) {
  const bool is_ipv6 = relay.host.find(':') != std::string::npos;
  const auto host = is_ipv6 ? '[' + relay.host + ']' : relay.host;
  return std::string{kScheme} + host + ':' + std::to_string(relay.port) + '/' +
         crypto::to_base64url(relay.key.bytes);
}

std::string format_link(const Link& link) {
  auto text = format_address(link.relay);
  if (!link.invite && !link.contact && !link.device && !link.mover) return text;
  pb::LinkPayload payload;
  if (link.invite) set(*payload.mutable_invite(), link.invite->bytes());
  if (link.contact) to_proto(*link.contact, *payload.mutable_contact());
  if (link.device) {
    set(*payload.mutable_device()->mutable_ephemeral(), link.device->ephemeral.bytes);
    set(*payload.mutable_device()->mutable_commitment(), link.device->commitment);
    set(*payload.mutable_device()->mutable_secret(), link.device->secret.bytes());
  }
  if (link.successor) to_proto(*link.successor, *payload.mutable_successor());
  if (link.mover) set(*payload.mutable_mover(), link.mover->bytes);
  return text + '#' + crypto::to_base64url(encode(payload));
}

}  // namespace bisik::proto
