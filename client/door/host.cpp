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
  const auto left = std::chrono::ceil<milliseconds>(when - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

}  // namespace

void Host::listen(Descriptor listener, Welcome welcome) {
  doors_.push_back({std::move(listener), std::move(welcome)});
}

void Host::watch_owner(bool fetches) {
  fetches_ = fetches;
  owner_.emplace(gate_);
  ask_owner();
}

void Host::ask_owner() {
  proto::pb::ApiRequest request;
  if (fetches_) {
    // Nothing stands behind this cursor, but whoever waits for messages has them fetched.
    request.mutable_receive()->set_follow(true);
    request.mutable_receive()->set_keep(true);
    request.mutable_receive()->set_since(UINT64_MAX);
  } else {
    request.mutable_who_am_i();
  }
  owner_->ask(std::move(request));
}

void Host::run() {
  go_on();
  while (!programs_.empty() || !doors_.empty() || owner_) {
    wait(Clock::time_point::max());
    go_on();
  }
}

void Host::finish() {
  doors_.clear();
  for (const auto& program : programs_) program->stop();
  const auto end = Clock::now() + kLastAnswers;
  for (go_on(); !programs_.empty() && Clock::now() < end; go_on()) wait(end);
  programs_.clear();
}

void Host::wait(Clock::time_point until) {
  std::vector<pollfd> waits{{Signals::fd(), POLLIN, 0}};
  if (owner_) waits.push_back({owner_->fd(), POLLIN, 0});
  until = std::min(until, ask_owner_at_.value_or(until));
  for (const auto& program : programs_) {
    program->add_waits(waits);
    until = std::min(until, program->wakes_at().value_or(until));
  }
  if (programs_.size() < kMaxPrograms) {
    for (const auto& door : doors_) waits.push_back({door.listener.get(), POLLIN, 0});
  }
  poll(waits.data(), waits.size(), milliseconds_until(until));
  Signals::throw_if_interrupted();
  Signals::drain();
}

void Host::go_on() {
  for (const auto& door : doors_) accept_from(door);
  if (owner_) look_after_owner();
  for (const auto& program : programs_) program->go_on();
  std::erase_if(programs_, [](const auto& program) { return program->over(); });
}

void Host::accept_from(const Door& door) {
  while (programs_.size() < kMaxPrograms) {
    Descriptor stream{accept4(door.listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (!stream) return;
    if (auto program = door.welcome(std::move(stream))) programs_.push_back(std::move(program));
  }
}

// What it says is of no interest; that it ends is, and that it does not fetch, as long as the
// profile has no account.
void Host::look_after_owner() {
  while (owner_->has_reply()) {
    const auto reply = owner_->next(Clock::now());
    if (!reply) break;
    if (fetches_ && reply->last()) ask_owner_at_ = Clock::now() + kAskOwnerAgain;
  }
  if (!ask_owner_at_ || Clock::now() < *ask_owner_at_) return;
  ask_owner_at_.reset();
  ask_owner();
}

}  // namespace bisik::client
