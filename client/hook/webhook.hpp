// What is said to an address that takes messages over HTTP, and what its answer means. No I/O.
//
//     POST PATH HTTP/1.1
//     X-Bisik-Signature: sha256=HEX        HMAC-SHA256 over the body; the key is the secret's text
//
// Whether the address is spoken to in TLS is part of it; how, is in tls.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bisik::client {

struct WebhookUrl {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 80;
  std::string target = "/";  // path and query
  bool tls = false;

  friend bool operator==(const WebhookUrl&, const WebhookUrl&) = default;
};

// http:// or https://, and HOST[:PORT][/PATH][?QUERY]. Otherwise `why_not` says what is wrong, as a
// sentence.
struct UrlOrNot {
  std::optional<WebhookUrl> url;
  std::string why_not;
};
[[nodiscard]] UrlOrNot parse_webhook_url(std::string_view text);

[[nodiscard]] std::string webhook_signature(std::string_view secret, std::string_view body);
[[nodiscard]] std::string webhook_request(const WebhookUrl& url, std::string_view secret,
                                          std::string_view body);

// Of what has come of an answer. Nothing: its first line has not ended. 0: that is not HTTP.
[[nodiscard]] std::optional<int> webhook_status(std::string_view answer);

}  // namespace bisik::client
