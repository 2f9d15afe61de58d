#include "client/rpc/conversation.hpp"

#include <utility>

#include "client/api/frame.hpp"
#include "client/rpc/handlers.hpp"
#include "client/rpc/limits.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// The owner hangs up on what is longer; 16 bytes are for the number that it gets.
bool fits(const Ask& ask) {
  constexpr std::size_t kMax = kMaxRequestBytes - 16;
  for (const auto& request : ask.requests) {
    if (request.ByteSizeLong() > kMax) return false;
  }
  return true;
}

Error while_receiving() {
  return {Code::user,
          "Messages are being delivered already: end that subscription first, or use "
          "--receive-mode manual.",
          nullptr};
}

}  // namespace

Conversation::Conversation(Options options) : options_{std::move(options)} { ask_for_account(); }

void Conversation::ask_for_account() {
  account_known_ = false;
  ApiRequest request;
  request.mutable_who_am_i();
  asking_.ask(std::move(request), [this](const ApiReply& reply) { know_account(reply); });
}

void Conversation::know_account(const ApiReply& reply) {
  if (reply.has_who_am_i()) account_ = to_account(reply.who_am_i(), options_.account);
  if (!reply.last()) return;
  account_known_ = true;
  // Without an account that is a failure, which is told once, unless one is still to come.
  const bool tells_failure = std::exchange(first_look_, false) && options_.relay.empty();
  const bool begins = options_.receives && (account_.joined || tells_failure);
  if (begins && !delivery_.active() && is_meant(account_, options_.only_for)) {
    delivery_.begin({.bare = options_.bare});
  }
  begin_waiting();
}

void Conversation::hear(std::string_view text) {
  auto message = decode(text);
  const auto reply = replies_.open(message.batch, message.items.size());
  for (auto& item : message.items) waiting_.push_back({reply, std::move(item)});
  // Another command, or another program, may have linked or joined meanwhile.
  if (account_known_ && !account_.joined) return ask_for_account();
  begin_waiting();
}

void Conversation::hear_too_long() {
  const Call call{replies_.open(false, 1), Json(nullptr)};
  replies_.settle(
      call, Error{Code::parse, "A line has at most " + std::to_string(kMaxLineBytes) + " bytes.",
                  nullptr});
}

bool Conversation::wants_input() const {
  return waiting_.empty() && running_.size() < kMaxInFlight;
}

bool Conversation::idle() const {
  return waiting_.empty() && running_.empty() && linking_.idle() && acknowledging_ == 0 &&
         output_.all_written();
}

void Conversation::begin_waiting() {
  while (account_known_ && !waiting_.empty() && running_.size() < kMaxInFlight) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    if (const auto* rejected = std::get_if<Rejected>(&next.item)) {
      replies_.settle({next.reply, rejected->id}, rejected->error);
    } else {
      const auto& request = std::get<Request>(next.item);
      begin({next.reply, request.id}, request);
    }
  }
}

void Conversation::begin(const Call& call, const Request& request) {
  if (auto step = first_step(call, request)) proceed(call, std::move(*step));
}

std::optional<Step> Conversation::first_step(const Call& call, const Request& request) {
  const auto* method = find_method(request.method);
  if (method == nullptr) return Error{Code::no_such_method, "Method not implemented", nullptr};
  const auto named = request.params.find("account");
  if (named != request.params.end() && named->is_string() &&
      !is_meant(account_, named->get_ref<const std::string&>())) {
    return Error{Code::invalid_params, "This is not the profile of that account.", nullptr};
  }
  auto read = read_params(method->params, request.params);
  if (auto* error = std::get_if<Error>(&read)) return std::move(*error);
  return special_step(call, *method, std::get<Params>(read));
}

std::optional<Step> Conversation::special_step(const Call& call, const Method& method,
                                               const Params& params) {
  switch (method.special) {
    case OfConversation::none:
      return method.handler(params, account_);
    case OfConversation::receive:
      return receive_once(method, params);
    case OfConversation::subscribe:
      return subscribe(params);
    case OfConversation::unsubscribe:
      return unsubscribe(params);
    default:
      return link(call, method.special, params);
  }
}

std::optional<Step> Conversation::link(const Call& call, OfConversation what,
                                       const Params& params) {
  if (!options_.may_subscribe) {
    return Error{Code::user,
                 "Linking takes a stream that stays, to say the digits on: a socket, TCP, or "
                 "standard input and output.",
                 nullptr};
  }
  switch (what) {
    case OfConversation::start_link:
      return linking_.start(call, params, options_.relay);
    case OfConversation::finish_link:
      return linking_.finish(call, params);
    default:
      return linking_.accept(params);
  }
}

Step Conversation::receive_once(const Method& method, const Params& params) {
  if (delivery_.active() || receiving_once_) return while_receiving();
  auto step = method.handler(params, account_);
  if (auto* ask = std::get_if<Ask>(&step)) {
    receiving_once_ = true;
    ask->then = [this, then = std::move(ask->then)](const Replies& replies) {
      receiving_once_ = false;
      return then(replies);
    };
  }
  return step;
}

Step Conversation::subscribe(const Params& params) {
  if (!options_.may_subscribe) {
    return Error{Code::user, "Over HTTP messages come at /api/v1/events.", nullptr};
  }
  if (delivery_.active() || receiving_once_) return while_receiving();
  const auto number = next_subscription_++;
  const auto since = params.integer("since");
  const Delivery::Wish wish{.number = number,
                            .keep = params.flag("ack") || since.has_value(),
                            .since = since.value_or(0),
                            .consumer = params.text("consumer")};
  return Ask{begin_behind(wish.since, wish.consumer),
             [this, wish, number](const Replies& replies) -> Step {
               if (const auto* failure = failure_in(replies)) return to_error(*failure);
               if (delivery_.active()) return while_receiving();
               delivery_.begin(wish);
               return Answer{number};
             }};
}

Step Conversation::unsubscribe(const Params& params) {
  if (!delivery_.number() || delivery_.number() != params.integer("subscription")) {
    return Error{Code::user, "There is no such subscription.", nullptr};
  }
  delivery_.end();
  return Answer{};
}

void Conversation::proceed(const Call& call, Step step) {
  while (auto* ask = std::get_if<Ask>(&step)) {
    if (!fits(*ask)) {
      step = Error{Code::invalid_params, "That is too long for one request.", nullptr};
    } else if (ask->requests.empty()) {
      const auto then = std::move(ask->then);
      step = then({});
    } else {
      return run(call, std::move(*ask));
    }
  }
  if (const auto* error = std::get_if<Error>(&step)) return replies_.settle(call, *error);
  replies_.settle(call, std::get<Answer>(step));
}

void Conversation::run(const Call& call, Ask ask) {
  const auto number = ++last_running_;
  const auto count = ask.requests.size();
  running_.emplace(
      number, Running{call, Replies(count), count, std::move(ask.then), std::move(ask.enough)});
  for (std::size_t place = 0; place < count; ++place) {
    asking_.ask(std::move(ask.requests[place]),
                [this, number, place](const ApiReply& reply) { take(number, place, reply); });
  }
}

void Conversation::take(std::uint64_t number, std::size_t place, const ApiReply& reply) {
  const auto found = running_.find(number);
  if (found == running_.end()) return;  // what it has said before was enough
  auto& running = found->second;
  running.replies[place].push_back(reply);
  const bool is_enough = running.enough && running.enough(reply);
  if (!is_enough && (!reply.last() || --running.open != 0)) return;
  const auto ended = std::move(running);
  running_.erase(found);
  proceed(ended.call, ended.then(ended.replies));
  begin_waiting();
}

void Conversation::written(std::uint64_t count) {
  acknowledge(output_.written(count));
  delivery_.go_on();
}

void Conversation::stop() {
  waiting_.clear();
  options_.receives = false;
  delivery_.end();
}

void Conversation::acknowledge(const std::vector<Shown>& all) {
  for (const auto& shown : all) {
    ApiRequest request;
    request.mutable_ack()->set_consumer(shown.consumer);
    for (const auto cursor : shown.cursors) request.mutable_ack()->add_cursors(cursor);
    ++acknowledging_;
    asking_.ask(std::move(request), [this](const ApiReply& reply) {
      if (reply.last()) --acknowledging_;
    });
  }
}

}  // namespace bisik::client::rpc
