#include "storage/server_view.hpp"

#include <array>
#include <string>

#include "storage/limits.hpp"
#include "storage/relay_schema.hpp"

namespace bisik::storage {
namespace {

struct View {
  std::string_view table;
  std::string sql;  // ?1 is the account
};

// Not here: `invites`, `grants` and `meta`, which know no account.
const std::array kViews{
    View{"accounts", "SELECT * FROM accounts WHERE account_id = ?1"},
    View{"devices", "SELECT * FROM devices WHERE account_id = ?1 ORDER BY number"},
    View{"device_lists", "SELECT * FROM device_lists WHERE account_id = ?1 ORDER BY sequence"},
    View{"bundles", "SELECT * FROM bundles WHERE account_id = ?1 ORDER BY device"},
    View{"one_time_keys",
         "SELECT * FROM one_time_keys WHERE account_id = ?1 ORDER BY device, kind"},
    View{"queues", "SELECT * FROM queues WHERE owner = ?1 ORDER BY id"},
    View{"write_keys",
         "SELECT * FROM write_keys WHERE queue IN (SELECT id FROM queues WHERE owner = ?1) "
         "ORDER BY queue, key_hash"},
    View{"cells",
         "SELECT * FROM cells WHERE queue IN (SELECT id FROM queues WHERE owner = ?1) "
         "ORDER BY queue, sequence"},
    View{"envelopes",
         "SELECT * FROM envelopes WHERE queue IN (SELECT id FROM queues WHERE owner = ?1) "
         "ORDER BY queue, sequence"},
    View{"departed", std::string{"SELECT * FROM departed WHERE "} + kOnAnyDay +
                         " AND queue IN (SELECT id FROM queues WHERE owner = ?1) "
                         "ORDER BY queue, sequence"},
};

std::string hex(Blob bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

std::string shown(const Rows& row, int column) {
  if (row.is_null(column)) return "none";
  if (!row.is_blob(column)) return std::string{row.text(column)};
  const Blob blob = row.blob(column);
  if (blob.size() <= kShownBlobBytes) return hex(blob);
  return std::to_string(blob.size()) + " bytes";
}

}  // namespace

std::vector<ViewRow> view_account(Database& database, const Id& account_id) {
  std::vector<ViewRow> view;
  for (const View& part : kViews) {
    Statement statement{database, part.sql};
    Rows rows = statement.query(account_id);
    while (rows.next()) {
      ViewRow& row = view.emplace_back(ViewRow{std::string{part.table}, {}});
      for (int column = 0; column < rows.columns(); ++column) {
        row.columns.emplace_back(rows.column_name(column), shown(rows, column));
      }
    }
  }
  return view;
}

}  // namespace bisik::storage
