#include "client/door/host.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <climits>

#include "client/door/limits.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

using std::chrono::milliseconds;

// For poll(); -1: without end.
int milliseconds_until(std::chrono::steady_clock::time_point when) {
  if (when == std::chrono::steady_clock::time_point::max()) return -1;
  const auto now = std::chrono::steady_clock::now();
  if (when <= now) return 0;
  const auto left = std::chrono::ceil<milliseconds>(when - now);
  return static_cast<int>(std::min<std::int64_t>(left.count(), INT_MAX));
}

}  // namespace

void Host::add(std::unique_ptr<Program> program) {
  guests_.push_back({std::move(program), std::nullopt});
  ++from_the_beginning_;
}

void Host::add(Make make, std::size_t tenant) {
  guests_.push_back({make(), tenant});
  workers_.push_back({tenant, std::move(make)});
  ++from_the_beginning_;
}

void Host::listen(Descriptor listener, Welcome welcome) {
  doors_.push_back({std::move(listener), std::move(welcome)});
}

void Host::watch_owners(bool fetches) {
  fetches_ = fetches;
  for (std::size_t each = 0; each < tenants_.size(); ++each) {
    auto& watch = *watches_.emplace_back(std::make_unique<Watch>(tenants_.gate(each)));
    tenants_.attempt(each, [&] { ask_owner(watch); });
  }
}

void Host::ask_owner(Watch& watch) {
  proto::pb::ApiRequest request;
  if (fetches_) {
    // Nothing stands behind this cursor, but whoever waits for messages has them fetched.
    request.mutable_receive()->set_follow(true);
    request.mutable_receive()->set_keep(true);
    request.mutable_receive()->set_since(UINT64_MAX);
  } else {
    request.mutable_who_am_i();
  }
  watch.owner.ask(std::move(request));
}

void Host::run() {
  go_on();
  while (!guests_.empty() || !doors_.empty() || !watches_.empty()) {
    if (tenants_.all_ended()) return;
    wait(Clock::time_point::max());
    go_on();
  }
}

void Host::finish() {
  doors_.clear();
  for (const auto& guest : guests_) guest.program->stop();
  const auto end = Clock::now() + kLastAnswers;
  for (go_on(); !guests_.empty() && Clock::now() < end; go_on()) wait(end);
  guests_.clear();
}

void Host::wait(Clock::time_point until) {
  std::vector<pollfd> waits{{Signals::fd(), POLLIN, 0}};
  for (std::size_t each = 0; each < watches_.size(); ++each) {
    if (tenants_.ended(each)) continue;
    waits.push_back({watches_[each]->owner.fd(), POLLIN, 0});
    until = std::min(until, watches_[each]->ask_at.value_or(until));
  }
  until = std::min(until, tenants_.wakes_at(Clock::now()).value_or(until));
  for (const auto& guest : guests_) {
    if (!may_work(guest)) continue;
    guest.program->add_waits(waits);
    until = std::min(until, guest.program->wakes_at().value_or(until));
  }
  if (has_room()) {
    for (const auto& door : doors_) waits.push_back({door.listener.get(), POLLIN, 0});
  }
  poll(waits.data(), waits.size(), milliseconds_until(until));
  Signals::throw_if_interrupted();
  Signals::drain();
}

void Host::go_on() {
  for (const auto tenant : tenants_.try_again(Clock::now())) come_back(tenant);
  for (const auto& door : doors_) accept_from(door);
  for (std::size_t each = 0; each < watches_.size(); ++each) {
    tenants_.attempt(each, [&] { look_after_owner(*watches_[each]); });
  }
  for (const auto& guest : guests_) go_on(guest);
  std::erase_if(guests_, [this](const Guest& guest) { return is_over(guest); });
}

// Programs that have come in find out by themselves.
void Host::come_back(std::size_t tenant) {
  if (!watches_.empty()) {
    watches_[tenant] = std::make_unique<Watch>(tenants_.gate(tenant));
    tenants_.attempt(tenant, [&] { ask_owner(*watches_[tenant]); });
  }
  for (const auto& worker : workers_) {
    if (worker.tenant == tenant) guests_.push_back({worker.make(), tenant});
  }
}

// While another command owns its profile nobody works for a tenant: two would do the same.
bool Host::may_work(const Guest& guest) const {
  return !guest.works_for ||
         (!tenants_.ended(*guest.works_for) && tenants_.gate(*guest.works_for).owns());
}

void Host::go_on(const Guest& guest) {
  if (!guest.works_for) return guest.program->go_on();
  if (may_work(guest)) tenants_.attempt(*guest.works_for, [&] { guest.program->go_on(); });
}

bool Host::is_over(const Guest& guest) const {
  return guest.program->over() || (guest.works_for && tenants_.ended(*guest.works_for));
}

bool Host::is_full() const { return guests_.size() >= kMaxPrograms + from_the_beginning_; }

bool Host::has_room() const { return !is_full() || std::ranges::any_of(guests_, is_stranger); }

// Of the strangers the one that has taken longest goes: whoever knows the token says it at once.
void Host::make_room() {
  if (is_full()) guests_.erase(std::ranges::find_if(guests_, is_stranger));
}

// One at a time, so that each is heard before the next one may take its place.
void Host::accept_from(const Door& door) {
  if (!has_room()) return;
  Descriptor stream{accept4(door.listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  if (!stream) return;
  auto program = door.welcome(std::move(stream));
  if (!program) return;
  make_room();
  guests_.push_back({std::move(program), std::nullopt});
}

// What it says is of no interest; that it ends is, and that it does not fetch, as long as the
// profile has no account.
void Host::look_after_owner(Watch& watch) {
  while (watch.owner.has_reply()) {
    const auto reply = watch.owner.next(Clock::now());
    if (!reply) break;
    if (fetches_ && reply->last()) watch.ask_at = Clock::now() + kAskOwnerAgain;
  }
  if (!watch.ask_at || Clock::now() < *watch.ask_at) return;
  watch.ask_at.reset();
  ask_owner(watch);
}

}  // namespace bisik::client
