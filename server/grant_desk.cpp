#include "server/grant_desk.hpp"

#include <cassert>

namespace bisik::server {

Reply GrantDesk::draw(const Id& account, const op::DrawGrants& request, Time now) {
  std::vector<Id> fresh;
  for (const auto& hash : request.hashes) {
    if (!store_.grants().end(hash)) fresh.push_back(hash);
  }
  if (fresh.empty()) return kOk;
  if (!drawn_.add(account, fresh.size(), limits_.grants_per_day, now)) {
    return {proto::pb::STATUS_QUOTA, drawn_.left(now)};
  }
  const auto expires_at =
      unix_seconds(now) + static_cast<storage::UnixSeconds>(limits_.grant_seconds);
  for (const auto& hash : fresh) store_.grants().put(hash, expires_at);
  return kOk;
}

bool GrantDesk::is_good(const Id& hash, Time now) const {
  const auto end = store_.grants().end(hash);
  return end && *end > unix_seconds(now);
}

void GrantDesk::spend(const Id& hash) {
  [[maybe_unused]] const bool there = store_.grants().spend(hash);
  assert(there);
}

}  // namespace bisik::server
