#include "storage/migration.hpp"

#include <string>

namespace bisik::storage {

void migrate(Database& database, std::span<const char* const> steps) {
  const std::int64_t version = database.pragma("PRAGMA user_version");
  if (version < 0 || version > static_cast<std::int64_t>(steps.size())) {
    throw StorageError{StorageError::Kind::newer_version,
                       "was written by a newer version of this program (format " +
                           std::to_string(version) + ", this one knows up to " +
                           std::to_string(steps.size()) + ")"};
  }
  for (auto step = static_cast<std::size_t>(version); step < steps.size(); ++step) {
    Transaction transaction{database};
    database.execute(steps[step]);
    database.execute(("PRAGMA user_version = " + std::to_string(step + 1)).c_str());
    transaction.commit();
  }
}

}  // namespace bisik::storage
