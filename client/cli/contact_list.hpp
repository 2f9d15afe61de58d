// A list of people, as the owner of the profile answers it.
#pragma once

#include <vector>

#include "client/cli/context.hpp"

namespace bisik::client {

// By name. Asked anew and from the beginning if the owner changes, hence collected first. Says why
// it may not be the newest. Throws Problem where the owner refuses.
[[nodiscard]] std::vector<proto::pb::ContactEntry> list_contacts(Context& context,
                                                                 proto::pb::ApiRequest request);

}  // namespace bisik::client
