// Contacts and messages as the devices of one account tell each other of them.
#pragma once

#include "client/engine/contact_book.hpp"
#include "proto/content.pb.h"

namespace bisik::client {

[[nodiscard]] proto::pb::SharedContact to_shared(const Contact& contact);
[[nodiscard]] proto::pb::Copies::Copy to_shared(const proto::pb::MessageRow& row);

}  // namespace bisik::client
