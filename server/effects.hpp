// What the relay's logic asks the world to do.
#pragma once

#include <vector>

#include "server/operation.hpp"

namespace bisik::server {

struct Frame {
  ConnectionId to;
  Bytes message;  // one FromRelay
};

// To be carried out in this order; the frames of one connection in theirs.
struct Effects {
  std::vector<Frame> frames;
  std::vector<ConnectionId> close;  // after their frames; on_disconnected follows
  std::vector<Operation> operations;
};

}  // namespace bisik::server
