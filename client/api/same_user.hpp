// Who is at the other end of a Unix socket. A profile is served to its own person alone.
#pragma once

namespace bisik::client {

// False also where the kernel does not say.
[[nodiscard]] bool is_same_user(int socket);

}  // namespace bisik::client
