// What is asked of the daemon over HTTP, and what to do about it; JSON-RPC itself is in the body.
// Which bytes make a request is not known here.
//
//     POST /api/v1/rpc       one request or batch in, its answers out
//     GET  /api/v1/events    messages as server-sent events: account, consumer, ack, since
//     GET  /api/v1/check     200
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "crypto/capability.hpp"

namespace bisik::client::rpc {

struct HttpRequest {
  std::string method = {};
  std::string target = {};
  std::string content_type = {};
  std::string authorization = {};
  std::string host = {};
  bool from_page = false;  // a browser says that some page asks
  bool keep_alive = false;
  std::string body = {};
};

struct HttpAnswer {
  int status;
  std::string_view reason;
  std::string_view body = {};  // a sentence
};
struct HttpCall {};
struct HttpEvents {
  std::string account;   // only of this one; empty: of all
  std::string consumer;  // under whose name; empty: nobody's
  bool ack = false;      // each counts as received once `ack` has named it, not once it was written
  std::uint64_t since = 0;  // a cursor, up to which everything is acknowledged
};
using HttpPlan = std::variant<HttpAnswer, HttpCall, HttpEvents>;

// `token`: what the program must know; none: anybody who can connect may ask.
[[nodiscard]] HttpPlan plan(const HttpRequest& request,
                            const std::optional<crypto::Capability>& token);

// Whether it shows the token, or need not.
[[nodiscard]] bool is_authorised(const HttpRequest& request,
                                 const std::optional<crypto::Capability>& token);

// Whether somebody who says this knows the token: in base64url, as it stands in its file.
[[nodiscard]] bool knows(std::string_view said, const crypto::Capability& token);

// Bytes of a response. `type` empty: without a body.
[[nodiscard]] std::string http_response(int status, std::string_view reason, std::string_view type,
                                        std::string_view body, bool keep_alive);
// The head of a response that goes on with events, and one of them.
[[nodiscard]] std::string events_head();
[[nodiscard]] std::string receive_event(std::string_view json);

}  // namespace bisik::client::rpc
