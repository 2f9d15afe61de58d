// Which profile is meant where an account is named, as bots do: bisik -a ACCOUNT jsonRpc.
#pragma once

#include "client/cli/context.hpp"

namespace bisik::client {

// By the profile's name, else by the account's id or UUID among the profiles of this person that
// open without a question. Throws Problem if there is none.
[[nodiscard]] Profile find_profile_of(const std::string& account, const Globals& globals);

// What opens a profile without asking anybody. Throws Problem where that cannot be.
[[nodiscard]] VaultSecret open_silently(VaultMethod method, const Profile& profile,
                                        const Globals& globals);

}  // namespace bisik::client
