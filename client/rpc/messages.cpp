#include <algorithm>

#include "client/problem.hpp"
#include "client/rpc/envelope.hpp"
#include "client/rpc/handlers.hpp"
#include "client/rpc/limits.hpp"
#include "crypto/hex.hpp"
#include "crypto/random.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiRequest;
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

// Of a send that reached nobody: what all have in common, else that the sender can mend some.
Error failed(const Sent& sent) {
  const auto& first = sent.recipients(0).failure();
  const bool all_alike = std::ranges::all_of(sent.recipients(), [&](const auto& recipient) {
    return code_of(recipient.failure()) == code_of(first);
  });
  return {all_alike ? code_of(first) : Code::user, first.sentence(), to_json(sent)};
}

Step show_sent(const Replies& replies) {
  if (const auto* failure = failure_in(replies)) return to_error(*failure);
  const auto& sent = replies.front().back().sent();
  const bool reached_somebody = std::ranges::any_of(
      sent.recipients(), [](const auto& recipient) { return !recipient.has_failure(); });
  if (!reached_somebody && !sent.recipients().empty()) return failed(sent);
  return Answer{to_json(sent)};
}

// The next owner of the profile hands out again what was not acknowledged yet.
Answer show_received(const std::vector<proto::pb::ApiReply>& replies, const Account& account,
                     bool keep) {
  Answer answer{Json::array()};
  std::uint64_t last = 0;
  for (const auto& reply : replies) {
    if (!reply.has_message() || reply.message().cursor() <= last) continue;
    last = reply.message().cursor();
    answer.result.push_back(to_received(reply.message(), account));
    if (!keep) answer.shown.push_back(last);
  }
  return answer;
}

ApiRequest acknowledge_up_to(std::uint64_t cursor) {
  ApiRequest request;
  request.mutable_ack()->set_cursor(cursor);
  return request;
}

}  // namespace

Step send(const Params& params, const Account&) {
  ApiRequest request;
  auto& command = *request.mutable_send();
  for (auto& name : params.texts("recipient")) command.add_recipients(std::move(name));
  if (command.recipients().empty()) {
    return Error{Code::invalid_params, "Name at least one recipient.", nullptr};
  }
  const auto key = params.text("idempotencyKey");
  command.set_text(params.text("message"));
  command.set_generated_key(key.empty());
  command.set_idempotency_key(key.empty() ? crypto::to_hex(crypto::random_array<16>()) : key);
  return Ask{{request}, show_sent};
}

Step acknowledge(const Params& params, const Account&) {
  const auto cursor = params.integer("cursor").value_or(0);
  const auto ids = params.texts("id");
  if ((cursor == 0) == ids.empty()) {
    return Error{Code::invalid_params, "Either a cursor or ids of messages.", nullptr};
  }
  auto request = acknowledge_up_to(cursor);
  for (const auto& id : ids) request.mutable_ack()->add_ids(id);
  return Ask{{request}, all_done};
}

Step receive(const Params& params, const Account& account) {
  const auto wait = params.seconds("timeout").value_or(kReceiveSeconds);
  const auto since = params.integer("since");
  const auto max = params.integer("maxMessages").value_or(kMaxReceived);
  // Below zero is without end, as programs write it.
  const auto bounded = wait < 0 ? kMaxReceiveSeconds : std::min(wait, kMaxReceiveSeconds);
  ApiRequest request;
  auto& command = *request.mutable_receive();
  command.set_timeout_ms(static_cast<std::uint32_t>(bounded * 1'000));
  command.set_max(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(max, 1, kMaxReceived)));
  command.set_keep(since.has_value());
  command.set_since(since.value_or(0));
  Ask ask;
  if (since && *since != 0) ask.requests.push_back(acknowledge_up_to(*since));
  ask.requests.push_back(std::move(request));
  ask.then = [account, keep = since.has_value()](const Replies& replies) -> Step {
    if (const auto* failure = failure_in(replies)) return to_error(*failure);
    return show_received(replies.back(), account, keep);
  };
  return ask;
}

}  // namespace bisik::client::rpc
