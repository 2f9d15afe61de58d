// What somebody asks: one line or body, taken apart into the requests in it. Nothing is known here
// of any method.
#pragma once

#include <variant>
#include <vector>

#include "client/rpc/error.hpp"

namespace bisik::client::rpc {

struct Request {
  std::optional<Json> id;  // a string or a number; none: nobody wants an answer
  std::string method;
  Input params;  // an object
};

// What is no request, and the id to say so under; null where there is none.
struct Rejected {
  Json id;
  Error error;
};

using Item = std::variant<Request, Rejected>;

struct Message {
  bool batch = false;  // the answers go together, in an array
  std::vector<Item> items;
};

// Never fails: what cannot be read is one Rejected.
[[nodiscard]] Message decode(std::string_view text);

}  // namespace bisik::client::rpc
