#include "client/door/http_link.hpp"

#include <array>
#include <cerrno>

#include "client/door/limits.hpp"

namespace bisik::client {
namespace {

constexpr std::size_t kReadRequestBytes = 64 * 1024;
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kText = "text/plain; charset=utf-8";

}  // namespace

HttpLink::HttpLink(Tenants& tenants, Descriptor in, Descriptor out, const Rules& rules)
    : tenants_{tenants},
      rules_{rules},
      in_{std::move(in)},
      outlet_{std::move(out)},
      is_known_{!rules.token} {
  wait_for_request();
}

void HttpLink::wait_for_request() {
  state_ = State::reading;
  deadline_ = Clock::now() + kRequestTakes;
}

// What a stream of events says is read too, so that its end is noticed.
bool HttpLink::wants_bytes() const {
  return state_ == State::streaming || (state_ == State::reading && outlet_.empty());
}

// Nothing is read meanwhile: whoever has asked waits for the owner of a profile.
bool HttpLink::is_waited_for() const {
  return state_ == State::calling || state_ == State::opening;
}

void HttpLink::add_waits(std::vector<pollfd>& waits) const {
  if (wants_bytes()) waits.push_back({in_.get(), POLLIN, 0});
  if (is_waited_for()) waits.push_back({in_.get(), POLLRDHUP, 0});
  outlet_.add_waits(waits);
  if (talk_ && !outlet_.full()) talk_->owner.add_waits(waits);
}

void HttpLink::go_on() {
  // Whoever no longer waits for the answer shall not be handed messages in it.
  if (is_waited_for() && is_ready(in_.get(), POLLRDHUP)) gone_ = true;
  for (bool moved = true; moved && !over();) {
    moved = read();
    moved = begin_request() || moved;
    moved = talk() || moved;
    moved = open_events() || moved;
    moved = write() || moved;
  }
  look_at_clock();
}

bool HttpLink::read() {
  if (!wants_bytes() || !is_ready(in_.get(), POLLIN)) return false;
  std::array<char, kReadRequestBytes> bytes;
  const auto got = ::read(in_.get(), bytes.data(), bytes.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  if (got <= 0) {
    gone_ = true;
  } else if (state_ == State::reading) {
    reader_.add({bytes.data(), static_cast<std::size_t>(got)});
  }
  return true;
}

bool HttpLink::begin_request() {
  if (state_ != State::reading || !outlet_.empty()) return false;
  const auto request = reader_.next();
  if (request) {
    carry_out(*request);
  } else if (reader_.failure() != 0) {
    keep_alive_ = false;
    answer({reader_.failure(), "Bad Request", "That is no request that is served here."});
  }
  return request || state_ != State::reading;
}

void HttpLink::carry_out(const rpc::HttpRequest& request) {
  const bool shows_token = rpc::is_authorised(request, rules_.token);
  is_known_ = is_known_ || shows_token;
  keep_alive_ = request.keep_alive && shows_token && !stopped_;
  const auto plan = rpc::plan(request, rules_.token);
  if (const auto* now = std::get_if<rpc::HttpAnswer>(&plan)) return answer(*now);
  if (const auto* events = std::get_if<rpc::HttpEvents>(&plan)) return begin_events(*events);
  begin_call(request.body);
}

void HttpLink::begin_call(const std::string& body) {
  if (!talk_) {
    written_before_ = outlet_.messages_written();
    talk_ = std::make_unique<Talk>(
        tenants_, rpc::Conversation::Options{
                      .receives = false, .may_subscribe = false, .accounts = rules_.accounts});
  }
  state_ = State::calling;
  talk_->conversation.hear(body);
}

void HttpLink::begin_events(const rpc::HttpEvents& events) {
  if (!rules_.receives) {
    return answer({409, "Conflict", "This daemon has --receive-mode manual: POST receive."});
  }
  written_before_ = outlet_.messages_written();
  talk_ = std::make_unique<Talk>(tenants_,
                                 rpc::Conversation::Options{.accounts = rules_.accounts,
                                                            .only_for = events.account,
                                                            .first = {.keep = events.ack,
                                                                      .since = events.since,
                                                                      .consumer = events.consumer,
                                                                      .bare = true}});
  state_ = State::opening;
}

bool HttpLink::open_events() {
  if (state_ != State::opening || !talk_->conversation.has_begun()) return false;
  if (const auto error = talk_->conversation.refusal()) {
    talk_.reset();
    keep_alive_ = false;
    answer({400, "Bad Request", error->message});
    return true;
  }
  state_ = State::streaming;
  deadline_ = Clock::now() + kSignOfLife;
  outlet_.add(rpc::events_head(), 0);
  return true;
}

bool HttpLink::talk() {
  if (!talk_) return false;
  talk_->owner.ask();
  take_output();
  bool taken = false;
  while (!outlet_.full() && talk_->owner.take_reply()) {
    taken = true;
    take_output();
  }
  take_output();  // the loss of a profile is said without a reply
  // It had no id: there is nothing to say.
  if (state_ == State::calling && talk_->conversation.idle()) {
    answered(rpc::http_response(201, "Created", {}, {}, keep_alive_), 0);
    return true;
  }
  return taken;
}

void HttpLink::take_output() {
  if (state_ == State::opening) return;
  for (const auto& message : talk_->conversation.take_output()) {
    if (state_ == State::streaming) {
      outlet_.add(rpc::receive_event(message), 1);
    } else {
      answered(rpc::http_response(200, "OK", kJson, message, keep_alive_), 1);
    }
  }
}

void HttpLink::answer(const rpc::HttpAnswer& answer) {
  const auto body = answer.body.empty() ? std::string{} : std::string{answer.body} + "\n";
  const auto type = body.empty() ? std::string_view{} : kText;
  answered(rpc::http_response(answer.status, answer.reason, type, body, keep_alive_), 0);
}

void HttpLink::answered(std::string_view response, std::uint64_t messages) {
  outlet_.add(response, messages);
  if (keep_alive_) {
    wait_for_request();
  } else {
    state_ = State::closing;
    deadline_ = Clock::now() + kRequestTakes;
  }
}

bool HttpLink::write() {
  const auto before = outlet_.messages_written();
  const bool wrote = outlet_.write();
  if (talk_ && outlet_.messages_written() != before) {
    talk_->conversation.written(outlet_.messages_written() - written_before_);
    talk_->owner.ask();
  }
  return wrote;
}

// What was asked takes as long as it takes.
std::optional<HttpLink::Clock::time_point> HttpLink::wakes_at() const {
  return is_waited_for() ? std::nullopt : std::optional{deadline_};
}

void HttpLink::look_at_clock() {
  if (is_waited_for() || Clock::now() < deadline_) return;
  if (state_ != State::streaming) {
    gone_ = true;
  } else {
    deadline_ = Clock::now() + kSignOfLife;
    if (outlet_.empty()) outlet_.add(":\n\n", 0);
  }
}

void HttpLink::stop() {
  stopped_ = true;
  keep_alive_ = false;
  const bool streams = state_ == State::streaming || state_ == State::opening;
  if (streams) talk_->conversation.stop();
  if (streams || state_ == State::reading) state_ = State::closing;
}

bool HttpLink::over() const {
  if (gone_ || outlet_.gone()) return true;
  return state_ == State::closing && outlet_.empty() && (!talk_ || talk_->conversation.idle());
}

}  // namespace bisik::client
