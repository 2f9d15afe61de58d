#include <algorithm>

#include "client/rpc/envelope.hpp"
#include "client/rpc/handlers.hpp"
#include "client/rpc/limits.hpp"
#include "client/rpc/sent.hpp"
#include "crypto/hex.hpp"
#include "crypto/random.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Reference;

// The next owner of the profile hands out again what was not acknowledged yet.
Answer show_received(const std::vector<proto::pb::ApiReply>& replies, const Account& account) {
  Answer answer{Json::array()};
  std::uint64_t last = 0;
  for (const auto& reply : replies) {
    if (!reply.has_message() || reply.message().cursor() <= last) continue;
    last = reply.message().cursor();
    answer.result.push_back(to_received(reply.message(), account));
    answer.shown.cursors.push_back(last);
  }
  return answer;
}

}  // namespace

std::vector<ApiRequest> begin_behind(std::uint64_t since, const std::string& consumer) {
  std::vector<ApiRequest> requests;
  if (!consumer.empty()) {
    auto& command = *requests.emplace_back().mutable_consumers();
    command.set_begin(consumer);
    command.set_since(since);
  }
  if (since != 0) {
    auto& command = *requests.emplace_back().mutable_ack();
    command.set_cursor(since);
    command.set_consumer(consumer);
  }
  return requests;
}

Step send(const Params& params, const Account& account) {
  ApiRequest request;
  auto& command = *request.mutable_send();
  for (auto& name : params.texts("recipient")) command.add_recipients(std::move(name));
  if (params.flag("noteToSelf")) command.add_recipients(account.id);
  if (command.recipients().empty()) {
    return Error{Code::invalid_params, "Name at least one recipient.", nullptr};
  }
  auto& about = *command.mutable_about();
  if (const auto edited = params.integer("editTimestamp")) {
    about.set_kind(Reference::KIND_EDIT);
    about.set_ours(true);
    about.set_timestamp_ms(*edited);
  } else if (const auto quoted = params.integer("quoteTimestamp")) {
    about.set_kind(Reference::KIND_REPLY);
    const auto author = params.text("quoteAuthor");
    about.set_ours(!author.empty() && is_meant(account, author));
    about.set_timestamp_ms(*quoted);
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
  ApiRequest request;
  request.mutable_ack()->set_cursor(cursor);
  request.mutable_ack()->set_consumer(params.text("consumer"));
  for (const auto& id : ids) request.mutable_ack()->add_ids(id);
  return Ask{{request}, all_done};
}

Step receive(const Params& params, const Account& account) {
  const auto wait = params.seconds("timeout").value_or(kReceiveSeconds);
  const auto since = params.integer("since");
  const auto max = params.integer("maxMessages").value_or(kMaxReceived);
  // Below zero is without end, as programs write it.
  const auto bounded = wait < 0 ? kMaxReceiveSeconds : std::min(wait, kMaxReceiveSeconds);
  const auto consumer = params.text("consumer");
  const bool keep = params.flag("ack") || since.has_value();
  ApiRequest request;
  auto& command = *request.mutable_receive();
  command.set_consumer(consumer);
  command.set_timeout_ms(static_cast<std::uint32_t>(bounded * 1'000));
  command.set_max(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(max, 1, kMaxReceived)));
  command.set_keep(keep);
  command.set_look(true);
  command.set_since(since.value_or(0));
  Ask ask;
  ask.requests = begin_behind(since.value_or(0), consumer);
  ask.requests.push_back(std::move(request));
  ask.then = [account, keep, consumer](const Replies& replies) -> Step {
    if (const auto* failure = failure_in(replies)) return to_error(*failure);
    auto answer = show_received(replies.back(), account);
    if (keep) answer.shown.cursors.clear();
    answer.shown.consumer = consumer;
    return answer;
  };
  return ask;
}

}  // namespace bisik::client::rpc
