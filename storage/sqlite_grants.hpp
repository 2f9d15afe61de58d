// Grants on SQLite: the table `grants`.
#pragma once

#include "storage/grants.hpp"
#include "storage/sqlite.hpp"

namespace bisik::storage {

class SqliteGrants final : public Grants {
 public:
  explicit SqliteGrants(Database& database);

  bool put(const Id& hash, UnixSeconds expires_at) override;
  [[nodiscard]] std::optional<UnixSeconds> end(const Id& hash) override;
  bool spend(const Id& hash) override;
  std::int64_t sweep(UnixSeconds now, std::int64_t max_rows) override;

 private:
  Database& database_;
  Statement put_;
  Statement end_;
  Statement spend_;
  Statement sweep_;
};

}  // namespace bisik::storage
