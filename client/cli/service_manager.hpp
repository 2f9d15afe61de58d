// What a service manager wants to know of a long-running command: systemd's protocol of one
// datagram, sd_notify(3). Without a manager nothing happens.
#pragma once

#include <string_view>

namespace bisik::client {

// "READY=1", "STOPPING=1". Who does not listen is not waited for.
void tell_service_manager(std::string_view state);

}  // namespace bisik::client
