// What became of something that was sent, as `send` and its like answer.
#pragma once

#include "client/rpc/step.hpp"

namespace bisik::client::rpc {

// Fails if nobody was reached.
[[nodiscard]] Step show_sent(const Replies& replies);

}  // namespace bisik::client::rpc
