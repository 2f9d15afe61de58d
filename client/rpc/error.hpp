// How a request fails: the codes of JSON-RPC 2.0, and those below -1 that mirror the exit codes of
// the commands (docs/scripting.md).
#pragma once

#include <string>

#include "client/rpc/json.hpp"
#include "proto/api.pb.h"

namespace bisik::client::rpc {

enum class Code : int {
  parse = -32700,
  invalid_request = -32600,
  no_such_method = -32601,
  invalid_params = -32602,
  internal = -32603,
  user = -1,       // whoever asked can mend it
  relay = -3,      // relay or network
  untrusted = -4,  // a key is not the one that was trusted
  rate = -5,       // too much; try again later
  refused = -6,    // the relay or the other side said no
  conflict = -7,   // an idempotency key that names another message
};

struct Error {
  Code code;
  std::string message;
  Json response = nullptr;  // what was done of it, if anything
};

// Of a command of client/api.
[[nodiscard]] Code code_of(const proto::pb::Failure& failure);
[[nodiscard]] Error to_error(const proto::pb::Failure& failure);

// The member `error` of a response.
[[nodiscard]] Json to_json(const Error& error);

}  // namespace bisik::client::rpc
