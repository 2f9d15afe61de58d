#include "client/door/tenants.hpp"

#include <algorithm>
#include <utility>

#include "client/api/session.hpp"
#include "client/door/limits.hpp"

namespace bisik::client {

std::vector<std::string> Tenants::names() const {
  std::vector<std::string> names;
  for (const auto& tenant : all_) names.push_back(tenant.name);
  return names;
}

bool Tenants::all_ended() const {
  return std::ranges::all_of(all_, [](const Tenant& tenant) { return tenant.ended.has_value(); });
}

void Tenants::enter(Gate& gate) {
  Session session{gate};
  proto::pb::ApiRequest request;
  request.mutable_who_am_i();
  session.ask(std::move(request));
  if (!session.next(Clock::now() + kTenantAnswers)) gate.throw_no_answer();
}

void Tenants::require(Requirement requirement) {
  requirement_ = std::move(requirement);
  for (std::size_t each = 0; each < all_.size(); ++each) {
    attempt(each, [&] { requirement_(each); });
  }
}

std::vector<std::size_t> Tenants::try_again(Clock::time_point now) {
  std::vector<std::size_t> back;
  for (std::size_t each = 0; each < all_.size(); ++each) {
    auto& tenant = all_[each];
    if (!tenant.ended) continue;
    if (!tenant.again_at) postpone(tenant, now);
    if (now < *tenant.again_at) continue;
    if (open_again(each, now)) {
      back.push_back(each);
    } else {
      postpone(tenant, now);
    }
  }
  return back;
}

// One that was served for long begins with short pauses again; one that ends at once each time does
// not.
void Tenants::postpone(Tenant& tenant, Clock::time_point now) {
  const auto served = std::exchange(tenant.served_since, std::nullopt);
  if (served && now - *served >= kLastTenantPause) tenant.pause = {};
  tenant.pause = std::clamp<Clock::duration>(2 * tenant.pause, kFirstTenantPause, kLastTenantPause);
  tenant.again_at = now + tenant.pause;
}

bool Tenants::open_again(std::size_t which, Clock::time_point now) {
  auto& tenant = all_[which];
  try {
    tenant.gate->give_up();
    enter(*tenant.gate);
    if (requirement_) requirement_(which);
  } catch (const Interrupted&) {
    throw;
  } catch (...) {
    tenant.ended = on_end_(tenant.name, *tenant.ended);
    return false;
  }
  tenant.ended.reset();
  tenant.again_at.reset();
  tenant.served_since = now;
  on_back_(tenant.name);
  return true;
}

std::optional<Tenants::Clock::time_point> Tenants::wakes_at(Clock::time_point now) const {
  std::optional<Clock::time_point> earliest;
  for (const auto& tenant : all_) {
    if (!tenant.ended) continue;
    const auto when = tenant.again_at.value_or(now);
    if (!earliest || when < *earliest) earliest = when;
  }
  return earliest;
}

}  // namespace bisik::client
