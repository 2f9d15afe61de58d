// Random backups, read as they are, damaged, and with other codes.
#pragma once

#include "tests/model/backup.hpp"

namespace bisik::model {

// Made and played. The same seed gives the same backup.
[[nodiscard]] Json random_backup(std::uint64_t seed);

}  // namespace bisik::model
