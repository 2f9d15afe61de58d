// Messages of a chat that are not on the relay yet: typed here, or sent by another command
// meanwhile. Oldest first.
#pragma once

#include <optional>
#include <vector>

#include "client/safe_text.hpp"
#include "proto/api.pb.h"

namespace bisik::client {

class Unsent {
 public:
  // `request` has asked for it to be sent.
  void add(std::uint64_t request, proto::pb::Message message);
  // The profile has kept one of ours.
  void kept(const proto::pb::Message& message);
  // What this request has asked for has this id.
  void name(std::uint64_t request, const std::string& id);
  // It is in this state, and here no more unless that is to wait. Nothing: it is none of these.
  [[nodiscard]] std::optional<proto::pb::Message> settle(const std::string& id,
                                                         proto::pb::MessageState state);
  // False: this request has asked for none of them.
  bool drop(std::uint64_t request);

  [[nodiscard]] bool empty() const noexcept { return messages_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }
  [[nodiscard]] std::vector<SafeText> lines() const;

 private:
  struct Waiting {
    std::uint64_t request;  // 0: of another command
    proto::pb::Message message;
  };
  std::vector<Waiting> messages_;
};

}  // namespace bisik::client
