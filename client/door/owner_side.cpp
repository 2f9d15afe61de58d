#include "client/door/owner_side.hpp"

#include <poll.h>

namespace bisik::client {

OwnerSide::OwnerSide(Tenants& tenants, rpc::Conversation& conversation)
    : tenants_{tenants}, conversation_{conversation} {
  for (std::size_t each = 0; each < tenants_.size(); ++each) {
    sides_.push_back(std::make_unique<Side>(tenants_.gate(each)));
  }
}

void OwnerSide::ask() {
  look_at_tenants();
  for (std::size_t each = 0; each < sides_.size(); ++each) {
    tenants_.attempt(each, [&] { ask(each); });
  }
  look_at_tenants();
}

void OwnerSide::ask(std::size_t tenant) {
  auto& side = *sides_[tenant];
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
  look_at_tenants();
  return taken;
}

bool OwnerSide::take_reply(std::size_t tenant) {
  auto& side = *sides_[tenant];
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
void OwnerSide::look_at_tenants() {
  for (std::size_t each = 0; each < sides_.size(); ++each) {
    const auto& ended = tenants_.ended(each);
    if (sides_[each]->over == ended.has_value()) continue;
    if (ended) {
      sides_[each]->over = true;
      conversation_.lost(each, *ended);
    } else {
      sides_[each] = std::make_unique<Side>(tenants_.gate(each));
      conversation_.found(each);
    }
  }
}

void OwnerSide::add_waits(std::vector<pollfd>& waits) const {
  for (const auto& side : sides_) {
    if (side->over || side->session.fd() < 0) continue;
    waits.push_back({side->session.fd(), POLLIN, 0});
  }
}

}  // namespace bisik::client
