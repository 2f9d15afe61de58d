#include "client/cli/recipients.hpp"

#include <map>

#include "client/problem.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Failure;
using proto::pb::Sent;

// Of each that a conversation cannot be shown with, why. All are asked for at once.
std::map<std::string, Failure> failures(Session& session, const proto::pb::SendCommand& send) {
  std::map<std::uint64_t, std::string> asked;
  for (const auto& name : send.recipients()) {
    ApiRequest request;
    request.mutable_history()->set_chat(name);
    request.mutable_history()->set_last(1);
    asked.emplace(session.ask(std::move(request)), name);
  }
  std::map<std::string, Failure> found;
  while (!asked.empty()) {
    const auto reply = session.next();
    const auto each = asked.find(reply->number());
    if (each == asked.end()) continue;
    if (reply->has_failure()) found.emplace(each->second, reply->failure());
    if (reply->last()) asked.erase(each);
  }
  return found;
}

}  // namespace

std::optional<Sent> unless_all_known(Session& session, const proto::pb::SendCommand& send) {
  const auto unknown = failures(session, send);
  if (unknown.empty()) return std::nullopt;
  Sent sent;
  for (const auto& name : send.recipients()) {
    auto& recipient = *sent.add_recipients();
    recipient.set_name(name);
    recipient.set_state(proto::pb::MESSAGE_STATE_FAILED);
    const auto own = unknown.find(name);
    auto& failure = *recipient.mutable_failure();
    failure = own == unknown.end() ? unknown.begin()->second : own->second;
    failure.set_sentence(failure.sentence() + " Nothing was sent to anybody.");
  }
  return sent;
}

}  // namespace bisik::client
