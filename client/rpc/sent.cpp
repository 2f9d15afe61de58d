#include "client/rpc/sent.hpp"

#include <algorithm>

#include "client/problem.hpp"
#include "client/rpc/account.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::Sent;

std::string_view send_type(const Sent::Recipient& recipient) {
  if (!recipient.has_failure()) return "SUCCESS";
  switch (code_of(recipient.failure())) {
    case Code::untrusted:
      return "IDENTITY_FAILURE";
    case Code::rate:
      return "RATE_LIMIT_FAILURE";
    case Code::user:
    case Code::refused:
      return "UNREGISTERED_FAILURE";
    default:
      return "NETWORK_FAILURE";
  }
}

Json to_json(const Sent::Recipient& recipient) {
  const Json address{
      {"uuid", uuid_json(recipient.account())}, {"number", nullptr}, {"username", nullptr}};
  Json json{{"recipientAddress", address}, {"type", send_type(recipient)}};
  const auto retry_after = recipient.failure().retry_after_seconds();
  if (recipient.has_failure() && retry_after != 0) json["retryAfterSeconds"] = retry_after;
  return json;
}

Json to_json(const Sent& sent) {
  Json results = Json::array();
  for (const auto& recipient : sent.recipients()) results.push_back(to_json(recipient));
  return {{"timestamp", sent.timestamp_ms()}, {"results", results}};
}

// Of a send that reached nobody: what all have in common, else that the sender can mend some. Where
// only the message is missing that was named, nothing is to be said of the recipients.
Error failed(const Sent& sent) {
  const auto& first = sent.recipients(0).failure();
  const bool nobody_is_meant = std::ranges::all_of(
      sent.recipients(), [](const auto& recipient) { return recipient.failure().of_message(); });
  if (nobody_is_meant) return to_error(first);
  const bool all_alike = std::ranges::all_of(sent.recipients(), [&](const auto& recipient) {
    return code_of(recipient.failure()) == code_of(first);
  });
  return {all_alike ? code_of(first) : Code::user, first.sentence(), to_json(sent)};
}

}  // namespace

Step show_sent(const Replies& replies) {
  if (const auto* failure = failure_in(replies)) return to_error(*failure);
  const auto& sent = replies.front().back().sent();
  const bool reached_somebody = std::ranges::any_of(
      sent.recipients(), [](const auto& recipient) { return !recipient.has_failure(); });
  if (!reached_somebody && !sent.recipients().empty()) return failed(sent);
  return Answer{to_json(sent)};
}

}  // namespace bisik::client::rpc
