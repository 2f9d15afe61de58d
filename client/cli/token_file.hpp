// The secret that bots say over TCP and HTTP, in a file that only its person may read (0600): one
// line, in base64url. Made where it is absent.
#pragma once

#include <filesystem>

#include "crypto/capability.hpp"

namespace bisik::client {

// Throws Problem if the file cannot be read or made, if others may read it, or if it holds
// something else.
[[nodiscard]] crypto::Capability read_or_make_token(const std::filesystem::path& path);

}  // namespace bisik::client
