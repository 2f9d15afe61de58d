#include "client/rpc/asking.hpp"

#include <algorithm>
#include <utility>

#include "client/rpc/limits.hpp"

namespace bisik::client::rpc {

std::uint64_t Asking::ask(proto::pb::ApiRequest request, OnReply on_reply) {
  request.set_number(++last_);
  on_replies_.emplace(last_, std::move(on_reply));
  unasked_.push_back(std::move(request));
  return last_;
}

void Asking::cancel(std::uint64_t number) {
  if (on_replies_.erase(number) == 0) return;
  const auto asked_no_more =
      std::erase_if(unasked_, [=](const auto& request) { return request.number() == number; });
  if (asked_no_more == 0) cancels_.push_back(number);
}

void Asking::reply(const proto::pb::ApiReply& reply) {
  const auto found = on_replies_.find(reply.number());
  if (found == on_replies_.end()) return;
  if (!reply.last()) return found->second(reply);
  const auto on_reply = std::move(found->second);
  on_replies_.erase(found);
  on_reply(reply);
}

void Asking::forget() {
  on_replies_.clear();
  unasked_.clear();
  cancels_.clear();
}

std::vector<proto::pb::ApiRequest> Asking::take_requests() {
  std::vector<proto::pb::ApiRequest> requests;
  while (!unasked_.empty() && on_replies_.size() - unasked_.size() < kMaxAsked) {
    requests.push_back(std::move(unasked_.front()));
    unasked_.pop_front();
  }
  return requests;
}

std::vector<std::uint64_t> Asking::take_cancels() { return std::exchange(cancels_, {}); }

}  // namespace bisik::client::rpc
