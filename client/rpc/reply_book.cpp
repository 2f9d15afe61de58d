#include "client/rpc/reply_book.hpp"

#include <utility>

namespace bisik::client::rpc {

std::uint64_t ReplyBook::open(bool batch, std::size_t requests) {
  replies_.emplace(++last_, Reply{.batch = batch, .open = requests});
  return last_;
}

void ReplyBook::settle(const Call& call, const Answer& answer) {
  const Json id = call.id.value_or(nullptr);
  auto shown = answer.shown;
  shown.party = call.party;
  settle(call, {{"jsonrpc", "2.0"}, {"result", answer.result}, {"id", id}}, std::move(shown));
}

void ReplyBook::settle(const Call& call, const Error& error) {
  const Json id = call.id.value_or(nullptr);
  settle(call, {{"jsonrpc", "2.0"}, {"error", to_json(error)}, {"id", id}}, {});
}

void ReplyBook::settle(const Call& call, Json response, Shown shown) {
  const auto found = replies_.find(call.reply);
  auto& reply = found->second;
  if (call.id) {
    reply.answers.push_back(std::move(response));
    reply.shown.push_back(std::move(shown));
  }
  if (--reply.open != 0) return;
  const auto whole = std::move(reply);
  replies_.erase(found);
  if (whole.answers.empty()) return;
  output_.say(whole.batch ? whole.answers : whole.answers.front(), whole.shown);
}

}  // namespace bisik::client::rpc
