// Invites on SQLite: the table `invites`.
#pragma once

#include "storage/invites.hpp"
#include "storage/sqlite.hpp"

namespace bisik::storage {

class SqliteInvites final : public Invites {
 public:
  explicit SqliteInvites(Database& database);

  void create(const Id& token_hash, const Invite& invite) override;
  bool use(const Id& token_hash, UnixSeconds now) override;
  [[nodiscard]] std::optional<Invite> find(const Id& token_hash) override;
  std::int64_t sweep(UnixSeconds now, std::int64_t max_rows) override;

 private:
  Database& database_;
  Statement create_;
  Statement use_;
  Statement find_;
  Statement sweep_;
};

}  // namespace bisik::storage
