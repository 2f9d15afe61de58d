// What an insider can write: messages under the true keys of a chain, one thing in them not what an
// honest client writes there. Only who has the sender's state can make them.
#pragma once

#include <optional>

#include "tests/model/named_randomness.hpp"

namespace bisik::model {

// From the state of an end that is in a sending chain. Nothing where the kind that chance chose
// does not fit the chain.
[[nodiscard]] std::optional<Bytes> forged_message(ByteView state, ByteView associated,
                                                  Source& source);

}  // namespace bisik::model
