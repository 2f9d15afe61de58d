// What each method does. Params are as the table in method.cpp promises.
#pragma once

#include "client/rpc/account.hpp"
#include "client/rpc/params.hpp"
#include "client/rpc/step.hpp"

namespace bisik::client::rpc {

// --- about_us.cpp: the account, its devices, its relay -------------------------------------------

[[nodiscard]] Step version();
[[nodiscard]] Step list_devices(const Params& params, const Account& account);
[[nodiscard]] Step add_device(const Params& params, const Account& account);
[[nodiscard]] Step remove_device(const Params& params, const Account& account);
[[nodiscard]] Step get_limits(const Params& params, const Account& account);
[[nodiscard]] Step get_state(const Params& params, const Account& account);
[[nodiscard]] Step list_groups(const Params& params, const Account& account);

// --- people.cpp ----------------------------------------------------------------------------------

[[nodiscard]] Step list_contacts(const Params& params, const Account& account);
[[nodiscard]] Step update_contact(const Params& params, const Account& account);
[[nodiscard]] Step remove_contact(const Params& params, const Account& account);
[[nodiscard]] Step block(const Params& params, const Account& account);
[[nodiscard]] Step unblock(const Params& params, const Account& account);
[[nodiscard]] Step answer_request(const Params& params, const Account& account);
[[nodiscard]] Step get_user_status(const Params& params, const Account& account);

// --- identities.cpp ------------------------------------------------------------------------------

[[nodiscard]] Step list_identities(const Params& params, const Account& account);
[[nodiscard]] Step trust(const Params& params, const Account& account);

// --- messages.cpp --------------------------------------------------------------------------------

[[nodiscard]] Step send(const Params& params, const Account& account);
[[nodiscard]] Step acknowledge(const Params& params, const Account& account);
[[nodiscard]] Step receive(const Params& params, const Account& account);
// What has to be done before somebody receives what stands behind a cursor: a consumer, where one
// is named, is there, and has acknowledged everything up to the cursor.
[[nodiscard]] std::vector<proto::pb::ApiRequest> begin_behind(std::uint64_t since,
                                                              const std::string& consumer);

// --- amendments.cpp ------------------------------------------------------------------------------

[[nodiscard]] Step send_reaction(const Params& params, const Account& account);
[[nodiscard]] Step remote_delete(const Params& params, const Account& account);
[[nodiscard]] Step send_receipt(const Params& params, const Account& account);
[[nodiscard]] Step update_profile(const Params& params, const Account& account);
[[nodiscard]] Step send_typing(const Params& params, const Account& account);

// --- later.cpp: what this interface has and bisik has not ----------------------------------------

[[nodiscard]] Step groups_later(const Params& params, const Account& account);
[[nodiscard]] Step attachments_later(const Params& params, const Account& account);

}  // namespace bisik::client::rpc
