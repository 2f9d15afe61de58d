#include "client/rpc/account.hpp"

#include <algorithm>

#include "client/uuid.hpp"
#include "crypto/hex.hpp"

namespace bisik::client::rpc {

Json uuid_json(const std::string& account) {
  const auto bytes = crypto::as_bytes(account);
  if (bytes.size() < Uuid{}.size()) return nullptr;
  return uuid_text(uuid_of(bytes));
}

Account to_account(const proto::pb::WhoAmI& who, const std::string& given) {
  const auto uuid = uuid_json(who.account());
  return {.joined = true,
          .uuid = uuid.is_null() ? std::string{} : uuid.get<std::string>(),
          .id = crypto::to_hex(crypto::as_bytes(who.account())),
          .name = who.name(),
          .device = who.device(),
          .given = given};
}

bool is_meant(const Account& account, const std::string& name) {
  if (name.empty()) return true;
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name == account.given || name == account.name || lower == account.uuid ||
         lower == account.id;
}

}  // namespace bisik::client::rpc
