// How a method does its work without waiting: it asks the owner of the profile for something, and
// says what to do with the answers; that is the next step, until one answers or fails.
#pragma once

#include <functional>
#include <variant>
#include <vector>

#include "client/rpc/error.hpp"
#include "client/rpc/output.hpp"
#include "proto/api.pb.h"

namespace bisik::client::rpc {

// All that was said to each request, in the order of the requests; the last to each ends it.
using Replies = std::vector<std::vector<proto::pb::ApiReply>>;

struct Answer {
  Json result = Json::object();
  Shown shown = {};  // to be acknowledged once the result has left
};

struct Ask;
using Step = std::variant<Answer, Error, Ask>;

struct Ask {
  std::vector<proto::pb::ApiRequest> requests;
  std::function<Step(const Replies&)> then;
  // Null, or: this reply is enough. What is asked goes on, and nobody hears what else it says.
  std::function<bool(const proto::pb::ApiReply&)> enough = {};
  // Of which account the owner is asked, for each request; empty: all of them of the call's.
  std::vector<std::size_t> parties = {};
};

// The failure that ended a request, if one did.
[[nodiscard]] const proto::pb::Failure* failure_in(const std::vector<proto::pb::ApiReply>& replies);
// The first one of all of them.
[[nodiscard]] const proto::pb::Failure* failure_in(const Replies& replies);

// For what is done or fails: {} if all of them are.
[[nodiscard]] Step all_done(const Replies& replies);

}  // namespace bisik::client::rpc
