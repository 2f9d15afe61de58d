#include "client/cli/awaiting.hpp"

#include <map>

#include "client/problem.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using proto::pb::Sent;
using proto::pb::TraceStep;

// What changes is heard of from before the first look on, so that nothing is missed in between.
class Awaiting {
 public:
  Awaiting(Session& session, Sent& sent, proto::pb::MessageState wanted)
      : session_{session}, sent_{sent}, wanted_{wanted} {
    ApiRequest request;
    auto& receive = *request.mutable_receive();
    receive.set_follow(true);
    receive.set_keep(true);
    receive.set_states(true);
    receive.set_since(UINT64_MAX);
    listening_ = session_.ask(std::move(request));
    for (auto& recipient : *sent_.mutable_recipients()) {
      if (recipient.has_failure() || recipient.id().empty()) continue;
      missing_.emplace(recipient.id(), &recipient);
    }
    for (const auto& [id, recipient] : missing_) look_at(id);
  }

  void wait(Session::Clock::time_point until) {
    while (!missing_.empty()) {
      const auto reply = session_.next(until);
      if (!reply) break;
      take(*reply);
    }
    session_.cancel(listening_);
    for (const auto& [id, recipient] : missing_) {
      auto& failure = *recipient->mutable_failure();
      failure.set_exit_code(static_cast<std::uint32_t>(ExitCode::relay));
      failure.set_sentence(id + " is on the relay; " + recipient->name() +
                           (wanted_ == proto::pb::MESSAGE_STATE_READ
                                ? " has not said that it was read."
                                : " has not said that it arrived."));
    }
  }

 private:
  void look_at(const std::string& id) {
    ApiRequest request;
    request.mutable_trace()->set_id(id);
    looking_.emplace(session_.ask(std::move(request)), id);
  }

  void take(const ApiReply& reply) {
    if (reply.number() == listening_) {
      throw_if_failed(reply);
      if (reply.has_state_changed() && missing_.contains(reply.state_changed().id())) {
        look_at(reply.state_changed().id());
      }
      return;
    }
    const auto looking = looking_.find(reply.number());
    if (looking == looking_.end()) return;
    if (reply.has_trace_step() && says_it(reply.trace_step().what())) reached(looking->second);
    if (reply.last()) looking_.erase(looking);
  }

  [[nodiscard]] bool says_it(TraceStep::What what) const {
    if (what == TraceStep::WHAT_READ) return true;
    return wanted_ == proto::pb::MESSAGE_STATE_DELIVERED && what == TraceStep::WHAT_DELIVERED;
  }

  void reached(const std::string& id) {
    const auto found = missing_.find(id);
    if (found == missing_.end()) return;
    found->second->set_state(wanted_);
    missing_.erase(found);
  }

  Session& session_;
  Sent& sent_;
  proto::pb::MessageState wanted_;
  std::uint64_t listening_ = 0;
  std::map<std::uint64_t, std::string> looking_;     // ids, by the request
  std::map<std::string, Sent::Recipient*> missing_;  // by id
};

}  // namespace

void await_receipts(Session& session, Sent& sent, proto::pb::MessageState wanted,
                    Session::Clock::time_point until) {
  Awaiting{session, sent, wanted}.wait(until);
}

}  // namespace bisik::client
