// Where the time of a send goes, for `send --timing`: to the relay, into encryption and the disk,
// to the relay's disk and back. Exact while one send runs at a time, which is when it is asked.
#pragma once

#include <chrono>
#include <utility>

#include "proto/api.pb.h"

namespace bisik::client {

class SendTimes {
 public:
  void started() {
    *this = {};
    started_ = now();
  }
  void connected() { connected_ = now(); }
  void transmitted() {
    if (!std::exchange(transmitting_, true)) transmitted_ = now();
  }
  // The moment of the answer.
  void fill(proto::pb::Sent& sent) const;

 private:
  using Moment = std::chrono::steady_clock::time_point;
  [[nodiscard]] static Moment now() { return std::chrono::steady_clock::now(); }

  Moment started_ = {};
  Moment connected_ = {};
  Moment transmitted_ = {};
  bool transmitting_ = false;
};

}  // namespace bisik::client
