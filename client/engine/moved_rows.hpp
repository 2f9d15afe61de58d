// The rows of a chat, when a contact is followed to another account key: they are kept by account,
// so they are written anew under the new one. All of it goes into the commit that follows the
// contact; whoever dies before it still has the old chat, whole.
#pragma once

#include "client/engine/readers.hpp"

namespace bisik::client {

// Messages of `from`, and what names them, become those of `to`, with numbers higher by `shift`.
// Both may be the same. Every erased row comes before every written one.
void move_rows(Step& step, const State& state, const crypto::AccountId& from,
               const crypto::AccountId& to, std::uint64_t shift);

}  // namespace bisik::client
