#include "client/hook/webhook.hpp"

#include <algorithm>
#include <charconv>

#include "client/hook/limits.hpp"
#include "crypto/hex.hpp"
#include "crypto/kdf.hpp"

namespace bisik::client {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

// Of a host or a path: what cannot end a line or a field of the request.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || rest != end || port == 0) return std::nullopt;
  return port;
}

// "[::1]:8080", "localhost:8080", "example.org".
bool parse_authority(std::string_view text, WebhookUrl& url) {
  if (take_prefix(text, "[")) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = text.substr(0, end);
    text.remove_prefix(end + 1);
  } else {
    const auto end = std::min(text.find(':'), text.size());
    url.host = text.substr(0, end);
    text.remove_prefix(end);
  }
  if (url.host.empty() || url.host.find('@') != std::string::npos) return false;
  if (text.empty()) return true;
  if (!take_prefix(text, ":")) return false;
  const auto port = parse_port(text);
  url.port = port.value_or(0);
  return port.has_value();
}

}  // namespace

UrlOrNot parse_webhook_url(std::string_view text) {
  auto rest = text;
  WebhookUrl url;
  url.tls = take_prefix(rest, "https://");
  if (url.tls) url.port = kHttpsPort;
  if ((!url.tls && !take_prefix(rest, "http://")) || !is_plain(rest)) {
    return {{}, "A webhook is an address like https://example.org/path or http://127.0.0.1:8000."};
  }
  rest = rest.substr(0, rest.find('#'));
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  if (!parse_authority(rest.substr(0, end), url)) {
    return {{}, "The webhook's address has no host, or a port that is none."};
  }
  rest.remove_prefix(end);
  if (!rest.empty()) url.target = rest.front() == '?' ? "/" + std::string{rest} : std::string{rest};
  return {std::move(url), {}};
}

std::string webhook_signature(std::string_view secret, std::string_view body) {
  crypto::ByteArray<32> mac{};
  crypto::hmac_sha256(crypto::as_bytes(secret), crypto::as_bytes(body), mac);
  return "sha256=" + crypto::to_hex(mac);
}

std::string webhook_request(const WebhookUrl& url, std::string_view secret, std::string_view body) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  std::string request = "POST " + url.target + " HTTP/1.1\r\nHost: ";
  request += is_ipv6 ? "[" + url.host + "]" : url.host;
  if (url.port != (url.tls ? kHttpsPort : kHttpPort)) request += ":" + std::to_string(url.port);
  request += "\r\nUser-Agent: bisik\r\nContent-Type: application/json\r\nContent-Length: ";
  request += std::to_string(body.size());
  request += "\r\nX-Bisik-Signature: " + webhook_signature(secret, body);
  request += "\r\nConnection: close\r\n\r\n";
  return request.append(body);
}

std::optional<int> webhook_status(std::string_view answer) {
  const auto end = answer.find('\n');
  if (end == std::string_view::npos) {
    return answer.size() < kMaxStatusLineBytes ? std::nullopt : std::optional{0};
  }
  auto line = answer.substr(0, end);
  if (!take_prefix(line, "HTTP/1.") || line.size() < 5 || line[1] != ' ') return 0;
  int status = 0;
  const auto digits = line.substr(2, 3);
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  const bool is_number = error == std::errc{} && rest == digits.data() + digits.size();
  return is_number && status >= 100 ? status : 0;
}

}  // namespace bisik::client
