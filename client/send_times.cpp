#include "client/send_times.hpp"

#include <algorithm>

namespace bisik::client {

void SendTimes::fill(proto::pb::Sent& sent) const {
  const auto microseconds = [](Moment from, Moment to) {
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
    return static_cast<std::uint32_t>(std::max<std::int64_t>(0, passed));
  };
  // A line that was up already took no time.
  const auto connected = std::max(started_, connected_);
  if (!transmitting_) return;  // it was on the relay before
  sent.set_connect_us(microseconds(started_, connected));
  sent.set_encrypt_us(microseconds(connected, transmitted_));
  sent.set_relay_us(microseconds(transmitted_, now()));
}

}  // namespace bisik::client
