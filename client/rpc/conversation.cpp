#include "client/rpc/conversation.hpp"

#include <algorithm>
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

Conversation::Conversation(Options options) : options_{std::move(options)} {
  for (const auto& name : options_.accounts) {
    parties_.emplace_back(name, output_, parties_.size());
    ask_for_account(parties_.size() - 1);
  }
  auto& first = parties_.front();
  linking_.emplace(first.asking, output_, first.account,
                   Linking::Ways{.settle = [this](const Call& call,
                                                  Step step) { proceed(call, std::move(step)); },
                                 .linked = [this] { ask_for_account(0); }});
}

void Conversation::hear(std::string_view text) {
  auto message = decode(text);
  const auto reply = replies_.open(message.batch, message.items.size());
  for (auto& item : message.items) waiting_.push_back({reply, std::move(item)});
  // Another command, or another program, may have linked or joined meanwhile.
  for (std::size_t each = 0; each < parties_.size(); ++each) {
    const auto& party = parties_[each];
    if (party.known && !party.account.joined && !party.ended) ask_for_account(each);
  }
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
  const auto acknowledges = [](const Party& party) { return party.acknowledging != 0; };
  return waiting_.empty() && running_.empty() && linking_->idle() &&
         std::ranges::none_of(parties_, acknowledges) && output_.all_written();
}

void Conversation::begin_waiting() {
  while (knows_accounts() && !waiting_.empty() && running_.size() < kMaxInFlight) {
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

void Conversation::begin(Call call, const Request& request) {
  if (auto step = first_step(call, request)) proceed(call, std::move(*step));
}

std::optional<Step> Conversation::first_step(Call& call, const Request& request) {
  const auto* method = find_method(request.method);
  if (method == nullptr) return Error{Code::no_such_method, "Method not implemented", nullptr};
  const auto named = request.params.find("account");
  const auto name = named != request.params.end() && named->is_string()
                        ? named->get_ref<const std::string&>()
                        : std::string{};
  if (auto error = choose_party(call, *method, name)) return std::move(*error);
  auto read = read_params(method->params, request.params);
  if (auto* error = std::get_if<Error>(&read)) return std::move(*error);
  return special_step(call, *method, std::get<Params>(read), !name.empty());
}

std::optional<Step> Conversation::special_step(const Call& call, const Method& method,
                                               const Params& params, bool names_account) {
  switch (method.special) {
    case OfConversation::none:
      return method.handler(params, parties_[call.party].account);
    case OfConversation::version:
      return version();
    case OfConversation::list_accounts:
      return list_accounts();
    case OfConversation::receive:
      return receive_once(call, method, params);
    case OfConversation::subscribe:
      return subscribe(params, names_account ? std::vector{call.party} : parties_that_receive());
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
  if (parties_.size() > 1) {
    return Error{Code::user, "Linking takes a daemon that serves that profile alone: --link RELAY.",
                 nullptr};
  }
  switch (what) {
    case OfConversation::start_link:
      return linking_->start(call, params, options_.relay);
    case OfConversation::finish_link:
      return linking_->finish(call, params);
    default:
      return linking_->accept(params);
  }
}

Step Conversation::list_accounts() const {
  Json all = Json::array();
  for (const auto& party : parties_) {
    if (!party.account.joined || party.ended) continue;
    all.push_back(
        {{"number", nullptr}, {"uuid", party.account.uuid}, {"name", party.account.name}});
  }
  return Answer{all};
}

Step Conversation::receive_once(const Call& call, const Method& method, const Params& params) {
  auto& party = parties_[call.party];
  if (party.receives()) return while_receiving();
  auto step = method.handler(params, party.account);
  if (auto* ask = std::get_if<Ask>(&step)) {
    party.receiving_once = true;
    ask->then = [&party, then = std::move(ask->then)](const Replies& replies) {
      party.receiving_once = false;
      return then(replies);
    };
  }
  return step;
}

Step Conversation::subscribe(const Params& params, const std::vector<std::size_t>& parties) {
  if (!options_.may_subscribe) {
    return Error{Code::user, "Over HTTP messages come at /api/v1/events.", nullptr};
  }
  const auto since = params.integer("since");
  if (since && parties.size() > 1) {
    return cursor_of_nobody();
  }
  const auto receives = [this](std::size_t each) { return parties_[each].receives(); };
  if (std::ranges::any_of(parties, receives)) return while_receiving();
  const auto number = next_subscription_++;
  const Delivery::Wish wish{.number = number,
                            .keep = params.flag("ack") || since.has_value(),
                            .since = since.value_or(0),
                            .consumer = params.text("consumer")};
  Ask ask;
  for (const auto each : parties) {
    for (auto& request : begin_behind(wish.since, wish.consumer)) {
      ask.requests.push_back(std::move(request));
      ask.parties.push_back(each);
    }
  }
  ask.then = [this, wish, number, parties](const Replies& replies) -> Step {
    if (const auto* failure = failure_in(replies)) return to_error(*failure);
    const auto is_delivered = [this](std::size_t each) { return parties_[each].delivery.active(); };
    if (std::ranges::any_of(parties, is_delivered)) return while_receiving();
    for (const auto each : parties) parties_[each].delivery.begin(wish);
    return Answer{number};
  };
  return ask;
}

Step Conversation::unsubscribe(const Params& params) {
  const auto number = params.integer("subscription");
  bool found = false;
  for (auto& party : parties_) {
    if (!party.delivery.number() || party.delivery.number() != number) continue;
    party.delivery.end();
    found = true;
  }
  if (!found) return Error{Code::user, "There is no such subscription.", nullptr};
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
  if (ask.parties.empty()) ask.parties.assign(count, call.party);
  running_.emplace(number, Running{call, Replies(count), count, std::move(ask.then),
                                   std::move(ask.enough), ask.parties});
  for (std::size_t place = 0; place < count; ++place) {
    parties_[ask.parties[place]].asking.ask(
        std::move(ask.requests[place]),
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
  for (auto& party : parties_) party.delivery.go_on();
}

void Conversation::stop() {
  waiting_.clear();
  options_.receives = false;
  for (auto& party : parties_) party.delivery.end();
}

}  // namespace bisik::client::rpc
