// A finished cell on its way to the disk, which is what makes it a message that was sent.
#pragma once

#include "client/engine/state.hpp"

namespace bisik::client {

[[nodiscard]] inline RowId outbox_id(std::uint64_t order) { return {{}, order}; }

// `content` sealed for one device of the contact, under an envelope id of its own. Which queue it
// goes to is the caller's to fill in.
[[nodiscard]] proto::pb::OutboxRow new_outbox_row(Step& step, State& state, const Contact& contact,
                                                  crypto::DeviceNumber device,
                                                  crypto::ByteView content);

}  // namespace bisik::client
