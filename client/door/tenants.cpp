#include "client/door/tenants.hpp"

#include <algorithm>

namespace bisik::client {

std::vector<std::string> Tenants::names() const {
  std::vector<std::string> names;
  for (const auto& tenant : all_) names.push_back(tenant.name);
  return names;
}

bool Tenants::all_ended() const {
  return std::ranges::all_of(all_, [](const Tenant& tenant) { return tenant.ended.has_value(); });
}

}  // namespace bisik::client
