#include "client/door/owner_side.hpp"

#include <poll.h>

namespace bisik::client {

OwnerSide::OwnerSide(Tenants& tenants, rpc::Conversation& conversation)
    : tenants_{tenants}, conversation_{conversation} {
  for (std::size_t each = 0; each < tenants_.size(); ++each) {
    sides_.emplace_back(tenants_.gate(each));
  }
}

void OwnerSide::ask() {
  for (std::size_t each = 0; each < sides_.size(); ++each) {
    tenants_.attempt(each, [&] { ask(each); });
  }
  look_for_ends();
}

void OwnerSide::ask(std::size_t tenant) {
  auto& side = sides_[tenant];
  for (const auto number : conversation_.take_cancels(tenant)) {
    const auto found = side.theirs.find(number);
    if (found == side.theirs.end()) continue;
    side.session.cancel(found->second);
    side.ours.erase(found->second);
    side.theirs.erase(found);
  }
  for (auto& request : conversation_.take_requests(tenant)) {
    const auto number = request.number();
    const auto asked = side.session.ask(std::move(request));
    side.ours.emplace(asked, number);
    side.theirs.emplace(number, asked);
  }
}

bool OwnerSide::take_reply() {
  bool taken = false;
  for (std::size_t each = 0; each < sides_.size(); ++each) {
    tenants_.attempt(each, [&] { taken = take_reply(each) || taken; });
  }
  look_for_ends();
  return taken;
}

bool OwnerSide::take_reply(std::size_t tenant) {
  auto& side = sides_[tenant];
  if (side.ours.empty() || !side.session.has_reply()) return false;
  auto reply = side.session.next(Session::Clock::now());
  if (!reply) return false;
  const auto found = side.ours.find(reply->number());
  if (found == side.ours.end()) return true;
  reply->set_number(found->second);
  if (reply->last()) {
    side.theirs.erase(found->second);
    side.ours.erase(found);
  }
  conversation_.reply(*reply, tenant);
  ask();
  return true;
}

// This one may have noticed, or any other program that speaks with the same profile.
void OwnerSide::look_for_ends() {
  for (std::size_t each = 0; each < sides_.size(); ++each) {
    if (sides_[each].over || !tenants_.ended(each)) continue;
    sides_[each].over = true;
    conversation_.lost(each, *tenants_.ended(each));
  }
}

void OwnerSide::add_waits(std::vector<pollfd>& waits) const {
  for (const auto& side : sides_) {
    if (!side.over && side.session.fd() >= 0) waits.push_back({side.session.fd(), POLLIN, 0});
  }
}

}  // namespace bisik::client
