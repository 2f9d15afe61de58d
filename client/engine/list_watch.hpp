// Whether two people see the same device lists of each other. Every message says which lists its
// sender knows; an account that has signed two histories, or a relay that shows one history to one
// person and another to somebody else, is found out with the next message.
#pragma once

#include "client/engine/contact_book.hpp"
#include "client/engine/identity.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

enum class ListAlarm {
  none,
  theirs,  // they have signed two lists of one number
  ours,    // they know a list of ours that the primary has not made
};

[[nodiscard]] ListAlarm watch_lists(const Identity& identity, const Contact& contact,
                                    const proto::pb::Content& content);

}  // namespace bisik::client
