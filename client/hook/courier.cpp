#include "client/hook/courier.hpp"

#include <algorithm>
#include <utility>

#include "client/hook/limits.hpp"

namespace bisik::client {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

Courier::Courier(Gate& gate, std::unique_ptr<Errands> errands, Options options)
    : session_{gate},
      errands_{std::move(errands)},
      options_{std::move(options)},
      schedule_{options_.parallel} {}

void Courier::add_waits(std::vector<pollfd>& waits) const {
  if (session_.fd() >= 0) waits.push_back({session_.fd(), POLLIN, 0});
  for (const auto& [cursor, running] : running_) {
    if (running.errand) running.errand->add_waits(waits);
  }
}

std::optional<Courier::Clock::time_point> Courier::wakes_at() const {
  auto earliest = stopped_ ? std::nullopt : schedule_.wakes_at();
  const auto at = [&](Clock::time_point time) {
    earliest = earliest ? std::min(*earliest, time) : time;
  };
  for (const auto& [cursor, running] : running_) {
    if (running.errand) at(running.errand->wakes_at());
  }
  const bool asks = (!done_.empty() && acknowledging_ == 0) || (!stopped_ && learning_ == 0);
  if (asks && Clock::now() < not_before_) at(not_before_);
  return earliest;
}

bool Courier::over() const {
  return stopped_ && running_.empty() && done_.empty() && acknowledging_ == 0;
}

void Courier::go_on() {
  take_replies();
  learn();
  move_on();
  begin();
  move_on();  // what could not even begin
  acknowledge();
}

// Of what has come, and whatever comes.
void Courier::learn() {
  if (learning_ != 0 || stopped_ || schedule_.known() >= kMaxErrandsKnown) return;
  if (Clock::now() < not_before_) return;
  if (account_.empty()) return ask_for_account();
  ApiRequest request;
  auto& receive = *request.mutable_receive();
  receive.set_consumer(options_.consumer);
  receive.set_follow(true);
  receive.set_keep(true);
  receive.set_max(kErrandWindow);
  receive.set_since(last_cursor_);
  receive.set_look(last_cursor_ == 0);  // for what an earlier daemon has left
  learning_ = session_.ask(std::move(request));
}

void Courier::ask_for_account() {
  if (asking_account_ != 0) return;
  ApiRequest request;
  request.mutable_who_am_i();
  asking_account_ = session_.ask(std::move(request));
}

void Courier::take_replies() {
  while (session_.has_reply()) {
    const auto reply = session_.next(Session::Clock::now());
    if (!reply) return;
    take(*reply);
  }
}

void Courier::take(const ApiReply& reply) {
  if (reply.number() == asking_account_) {
    if (reply.has_failure()) pause(reply.failure().sentence());
    if (reply.has_who_am_i()) account_ = reply.who_am_i().account();
    if (reply.last()) asking_account_ = 0;
    return learn();
  }
  if (reply.number() == learning_) {
    if (reply.has_failure()) pause(reply.failure().sentence());
    // The next owner of the profile hands out again what was not acknowledged yet.
    if (reply.has_message() && reply.message().cursor() > last_cursor_) {
      last_cursor_ = reply.message().cursor();
      schedule_.add(reply.message().from_account(), last_cursor_);
    }
    if (reply.last()) learning_ = 0;
    return learn();
  }
  if (reply.number() == acknowledging_) {
    if (!reply.last()) return;
    acknowledging_ = 0;
    if (reply.has_failure()) return pause(reply.failure().sentence());
    for (const auto cursor : acknowledged_) done_.erase(cursor);
    return;
  }
  const auto fetching = fetching_.find(reply.number());
  if (fetching == fetching_.end()) return;
  const auto cursor = fetching->second;
  if (reply.last()) fetching_.erase(fetching);
  take_message(cursor, reply);
}

// The owner is in trouble, with a full disk for example: whatever failed is asked again.
void Courier::pause(const std::string& sentence) {
  options_.say(options_.consumer + ": " + sentence);
  not_before_ = Clock::now() + kOwnerPause;
}

// One that was deleted meanwhile is not there any more: nothing is left to do.
void Courier::take_message(std::uint64_t cursor, const ApiReply& reply) {
  auto& running = running_.at(cursor);
  if (reply.has_message() && reply.message().cursor() == cursor && !running.errand) {
    running.id = reply.message().id();
    running.errand =
        errands_->begin(options_.to_json(reply.message(), account_), Clock::now() + options_.takes);
  }
  if (!reply.last() || running.errand) return;
  running_.erase(cursor);
  if (reply.has_failure()) {
    schedule_.failed(cursor, Clock::now());
  } else {
    schedule_.succeeded(cursor);
  }
}

void Courier::begin() {
  while (!stopped_ && done_.size() < kMaxUnacknowledged) {
    const auto cursor = schedule_.next(Clock::now());
    if (!cursor) return;
    ApiRequest request;
    auto& receive = *request.mutable_receive();
    receive.set_consumer(options_.consumer);
    receive.set_keep(true);
    receive.set_max(1);
    receive.set_since(*cursor - 1);
    fetching_.emplace(session_.ask(std::move(request)), *cursor);
    running_.emplace(*cursor, Running{});
  }
}

void Courier::move_on() {
  for (auto each = running_.begin(); each != running_.end();) {
    auto& [cursor, running] = *each;
    const auto ending = running.errand ? running.errand->go_on() : std::nullopt;
    if (!ending) {
      ++each;
      continue;
    }
    const auto ended = std::pair{cursor, std::move(running.id)};
    each = running_.erase(each);
    end(ended.first, ended.second, *ending);
  }
}

void Courier::end(std::uint64_t cursor, const std::string& id, const Errand::Ending& ending) {
  if (!ending.why_not) {
    schedule_.succeeded(cursor);
    done_.insert(cursor);
    return;
  }
  const auto pause = schedule_.failed(cursor, Clock::now());
  options_.say(options_.consumer + " of " + id + " failed: " + *ending.why_not + ". Again in " +
               std::to_string(std::chrono::ceil<std::chrono::seconds>(pause).count()) + " s.");
}

void Courier::acknowledge() {
  if (done_.empty() || acknowledging_ != 0 || Clock::now() < not_before_) return;
  acknowledged_.assign(done_.begin(), done_.end());
  ApiRequest request;
  request.mutable_ack()->set_consumer(options_.consumer);
  for (const auto cursor : acknowledged_) request.mutable_ack()->add_cursors(cursor);
  acknowledging_ = session_.ask(std::move(request));
}

}  // namespace bisik::client
