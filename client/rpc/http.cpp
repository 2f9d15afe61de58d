#include "client/rpc/http.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/base64url.hpp"

namespace bisik::client::rpc {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBearer = "bearer ";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::ranges::equal(text.substr(0, lower_case.size()), lower_case, {}, lower);
}

bool is_json(std::string_view type) {
  return begins_with(type, kJson) &&
         (type.size() == kJson.size() || type[kJson.size()] == ';' || type[kJson.size()] == ' ');
}

// A name that somebody else's server could be made to have, so that a browser takes us for it.
bool may_be_a_page_of_somebody(std::string_view host) {
  const auto name = host.substr(0, host.starts_with('[') ? host.find(']') : host.find(':'));
  const bool is_ipv6 = name.starts_with('[');
  const bool is_ipv4 = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || c == '.';
  });
  return !is_ipv6 && !is_ipv4 && name != "localhost" && !host.empty();
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// %2B is a plus; what is no such escape stands for itself.
std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    plain += escape ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return plain;
}

// The first of that name; nothing: there is none.
std::optional<std::string> value_in(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    const auto end = std::min(part.find('='), part.size());
    if (part.substr(0, end) == name) return decoded(part.substr(std::min(end + 1, part.size())));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && rest == end ? std::optional{number} : std::nullopt;
}

HttpPlan plan_events(std::string_view query) {
  const auto since = value_in(query, "since");
  const auto ack = value_in(query, "ack").value_or("false");
  const auto cursor = since ? whole_number(*since) : std::optional<std::uint64_t>{0};
  if (!cursor) return HttpAnswer{400, "Bad Request", "since is a cursor: a number."};
  if (ack != "true" && ack != "false") {
    return HttpAnswer{400, "Bad Request", "ack is true or false."};
  }
  return HttpEvents{.account = value_in(query, "account").value_or(""),
                    .consumer = value_in(query, "consumer").value_or(""),
                    .ack = ack == "true" || since,
                    .since = *cursor};
}

HttpPlan plan_call(const HttpRequest& request) {
  if (request.method != "POST") return HttpAnswer{405, "Method Not Allowed", "POST it."};
  if (!is_json(request.content_type)) {
    return HttpAnswer{415, "Unsupported Media Type", "The body is application/json."};
  }
  return HttpCall{};
}

}  // namespace

bool knows(std::string_view said, const crypto::Capability& token) {
  const auto bytes = crypto::from_base64url(said);
  if (!bytes) return false;
  const auto capability = crypto::Capability::parse(*bytes);
  return capability && *capability == token;
}

bool is_authorised(const HttpRequest& request, const std::optional<crypto::Capability>& token) {
  if (!token) return true;
  return begins_with(request.authorization, kBearer) &&
         knows(std::string_view{request.authorization}.substr(kBearer.size()), *token);
}

HttpPlan plan(const HttpRequest& request, const std::optional<crypto::Capability>& token) {
  if (request.from_page || (!token && may_be_a_page_of_somebody(request.host))) {
    return HttpAnswer{403, "Forbidden", "Pages in a browser are not served."};
  }
  const std::string_view target = request.target;
  const auto path = target.substr(0, target.find('?'));
  const auto query = target.substr(std::min(target.size(), path.size() + 1));
  const bool is_get = request.method == "GET";
  if (path == "/api/v1/check" && is_get) return HttpAnswer{200, "OK"};
  if (!is_authorised(request, token)) {
    return HttpAnswer{401, "Unauthorized", "Authorization: Bearer, and the token of this daemon."};
  }
  if (path == "/api/v1/rpc") return plan_call(request);
  if (path == "/api/v1/events" && is_get) return plan_events(query);
  if (path == "/api/v1/check" || path == "/api/v1/events") {
    return HttpAnswer{405, "Method Not Allowed", "GET it."};
  }
  return HttpAnswer{404, "Not Found", "There are /api/v1/rpc, /api/v1/events, /api/v1/check."};
}

std::string http_response(int status, std::string_view reason, std::string_view type,
                          std::string_view body, bool keep_alive) {
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + " ";
  bytes += reason;
  bytes += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
  if (status == 401) bytes += "WWW-Authenticate: Bearer\r\n";
  if (!type.empty()) bytes += "Content-Type: " + std::string{type} + "\r\n";
  bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  bytes += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  bytes += body;
  return bytes;
}

std::string events_head() {
  return "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
         "Content-Type: text/event-stream\r\nConnection: close\r\n\r\n";
}

std::string receive_event(std::string_view json) {
  return "event: receive\ndata: " + std::string{json} + "\n\n";
}

}  // namespace bisik::client::rpc
