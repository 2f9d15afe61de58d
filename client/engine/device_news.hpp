// What a person has not been told yet of the devices of contacts. Whose messages a new device reads
// is not for a chat alone that happens to be open: it is kept until somebody can be told.
#pragma once

#include <string>
#include <vector>

#include "client/engine/peer_devices.hpp"

namespace bisik::client {

// Behind what is kept already. Of very many the oldest go.
void keep_news(Contact& contact, const DeviceChanges& changes);
// A sentence for each, in the order in which they were learned; none is kept from then on.
[[nodiscard]] std::vector<std::string> take_news(Contact& contact);

}  // namespace bisik::client
