#include "client/rpc/step.hpp"

namespace bisik::client::rpc {

const proto::pb::Failure* failure_in(const std::vector<proto::pb::ApiReply>& replies) {
  const bool failed = !replies.empty() && replies.back().has_failure();
  return failed ? &replies.back().failure() : nullptr;
}

const proto::pb::Failure* failure_in(const Replies& replies) {
  for (const auto& of_one : replies) {
    if (const auto* failure = failure_in(of_one)) return failure;
  }
  return nullptr;
}

Step all_done(const Replies& replies) {
  if (const auto* failure = failure_in(replies)) return to_error(*failure);
  return Answer{};
}

}  // namespace bisik::client::rpc
