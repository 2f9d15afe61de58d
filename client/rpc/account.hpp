// Whose profile this is, as bots name accounts and people: by a UUID; numbers are null.
#pragma once

#include "client/rpc/json.hpp"
#include "proto/api.pb.h"

namespace bisik::client::rpc {

struct Account {
  bool joined = false;
  std::string uuid;
  std::string id;  // of 32 bytes, in hex
  std::string name;
  std::uint32_t device = 0;
  std::string given;  // what the command line called it; empty: nothing
};

[[nodiscard]] Account to_account(const proto::pb::WhoAmI& who, const std::string& given);
// Whether the param `account` of a request means this one.
[[nodiscard]] bool is_meant(const Account& account, const std::string& name);

// The bytes of an account id as a UUID; null where there are none.
[[nodiscard]] Json uuid_json(const std::string& account);

}  // namespace bisik::client::rpc
