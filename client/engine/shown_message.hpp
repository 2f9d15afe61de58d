// What a reader is shown of a message: its row, and what was said of it since.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

// In the shape of client/api.
[[nodiscard]] proto::pb::Message to_api(const State& state, const Contact& contact,
                                        const proto::pb::MessageRow& row);

}  // namespace bisik::client
