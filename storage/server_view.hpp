// Every row that names an account, read with all its columns: a column added to a table shows up
// without anybody remembering it. A test holds the list of tables against the schema.
#pragma once

#include <vector>

#include "storage/relay_store.hpp"
#include "storage/sqlite.hpp"

namespace bisik::storage {

[[nodiscard]] std::vector<ViewRow> view_account(Database& database, const Id& account_id);

}  // namespace bisik::storage
