#include "client/door/owner_side.hpp"

#include <poll.h>

namespace bisik::client {

void OwnerSide::ask() {
  for (const auto number : conversation_.take_cancels()) {
    const auto found = theirs_.find(number);
    if (found == theirs_.end()) continue;
    session_.cancel(found->second);
    ours_.erase(found->second);
    theirs_.erase(found);
  }
  for (auto& request : conversation_.take_requests()) {
    const auto number = request.number();
    const auto asked = session_.ask(std::move(request));
    ours_.emplace(asked, number);
    theirs_.emplace(number, asked);
  }
}

bool OwnerSide::take_reply() {
  if (ours_.empty() || !session_.has_reply()) return false;
  auto reply = session_.next(Session::Clock::now());
  if (!reply) return false;
  const auto found = ours_.find(reply->number());
  if (found == ours_.end()) return true;
  reply->set_number(found->second);
  if (reply->last()) {
    theirs_.erase(found->second);
    ours_.erase(found);
  }
  conversation_.reply(*reply);
  ask();
  return true;
}

void OwnerSide::add_waits(std::vector<pollfd>& waits) const {
  if (session_.fd() >= 0) waits.push_back({session_.fd(), POLLIN, 0});
}

}  // namespace bisik::client
