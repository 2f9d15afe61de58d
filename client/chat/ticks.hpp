// How far the messages of a chat have come that stand in it already: those lines have scrolled up
// and stay as they were, so that what their receiver says later has rows of its own. Two at most:
// the newest that was read, and the newest that arrived, if that is a newer one.
#pragma once

#include <deque>
#include <vector>

#include "client/safe_text.hpp"
#include "proto/api.pb.h"

namespace bisik::client {

class Ticks {
 public:
  // One of ours that is shown as it is now, after all others.
  void shown(const proto::pb::Message& message);
  // False: it is none of these, or has come no further by this.
  bool further(const std::string& id, proto::pb::MessageState state);
  // Of those that have come further since they were shown.
  [[nodiscard]] std::vector<SafeText> lines() const;

 private:
  struct Shown {
    std::string id;
    std::string text;
    proto::pb::MessageState state;
    bool came_further = false;
  };
  std::deque<Shown> shown_;  // the newest, up to kMaxTicked
};

}  // namespace bisik::client
