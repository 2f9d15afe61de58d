// What a message of ours says inside the ratchet.
#pragma once

#include "client/engine/state.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

// A Content without a body: its id, and what every message says of lists and write secret.
[[nodiscard]] proto::pb::Content begin_content(Step& step, State& state, const Contact& contact);

// An encoded Content: the text of `row`, or where its number is 0 what is `said`, or a hello, also
// in place of a text that was deleted; with what the contact needs to know of us. Fits into the
// largest cell.
[[nodiscard]] crypto::Bytes compose(Step& step, State& state, const Contact& contact,
                                    const proto::pb::MessageRow& row,
                                    const proto::pb::Content& said = {});

}  // namespace bisik::client
