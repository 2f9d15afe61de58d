// What one conversation asks of the owner of the profile. Requests are numbered here; at most
// kMaxAsked are unanswered at a time, the others wait in their order.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "proto/api.pb.h"

namespace bisik::client::rpc {

class Asking {
 public:
  // May ask more, but not cancel what it is the answer to.
  using OnReply = std::function<void(const proto::pb::ApiReply&)>;

  std::uint64_t ask(proto::pb::ApiRequest request, OnReply on_reply);
  // No more replies to this one.
  void cancel(std::uint64_t number);

  void reply(const proto::pb::ApiReply& reply);
  // Nobody answers any more.
  void forget();

  // To be asked now, in this order, each with its number.
  [[nodiscard]] std::vector<proto::pb::ApiRequest> take_requests();
  // Numbers of requests that were taken earlier.
  [[nodiscard]] std::vector<std::uint64_t> take_cancels();

 private:
  std::map<std::uint64_t, OnReply> on_replies_;
  std::deque<proto::pb::ApiRequest> unasked_;
  std::vector<std::uint64_t> cancels_;
  std::uint64_t last_ = 0;
};

}  // namespace bisik::client::rpc
