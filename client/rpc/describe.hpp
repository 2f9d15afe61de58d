// The table of methods as documents: for people (docs/jsonrpc.md is this text) and for programs.
#pragma once

#include "client/rpc/json.hpp"

namespace bisik::client::rpc {

// Markdown.
[[nodiscard]] std::string reference_page();
// OpenRPC 1.2.6.
[[nodiscard]] Json openrpc_document();

}  // namespace bisik::client::rpc
