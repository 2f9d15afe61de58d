// The table of settings as people read it.
#pragma once

#include <string>

#include "server/configure.hpp"

namespace bisik::server {

// docs/relay-configuration.md, whole.
[[nodiscard]] std::string reference_page();
// A file with every setting, commented out, at its default.
[[nodiscard]] std::string example_file();

}  // namespace bisik::server
