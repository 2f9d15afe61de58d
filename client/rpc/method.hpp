// The table of methods. A row is all there is to say of one: dispatch, the reference page and the
// OpenRPC document are made from it.
#pragma once

#include "client/rpc/account.hpp"
#include "client/rpc/params.hpp"
#include "client/rpc/step.hpp"

namespace bisik::client::rpc {

using Handler = Step (*)(const Params& params, const Account& account);

// What only a conversation can do: it has a subscription, or none; it is linking, or is not.
enum class OfConversation {
  none,
  version,  // of no account
  list_accounts,
  receive,
  subscribe,
  unsubscribe,
  start_link,
  accept_link,
  finish_link,
};

struct Method {
  std::string_view name;
  std::string_view doc;
  std::string_view result;  // its shape, for people
  std::span<const Param> params;
  Handler handler;  // null: there is nothing but what the conversation does
  OfConversation special = OfConversation::none;
};

[[nodiscard]] std::span<const Method> methods();
// Null: there is none of that name.
[[nodiscard]] const Method* find_method(std::string_view name);

}  // namespace bisik::client::rpc
