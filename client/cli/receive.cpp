// receive, ack. A message counts as received only once the output has taken it: it is acknowledged
// after a flush that succeeded, and whatever kills this process before that, it is shown again.
#include <charconv>
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/moment.hpp"
#include "client/cli/wording.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

// Shown and acknowledged together at most: the ids have to fit into one request.
constexpr std::size_t kMaxTogether = 256;

// --since: a cursor, or the moment from which on.
struct Since {
  std::optional<std::uint64_t> cursor = {};
  std::uint64_t moment_ms = 0;
};

Since parse_since(const std::string& text) {
  if (text.empty()) return {};
  std::uint64_t cursor = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, cursor);
  if (error == std::errc{} && rest == end) return {.cursor = cursor};
  const auto moment = parse_moment(text, moment_now(), Toward::past);
  if (!moment) {
    throw Problem{
        ExitCode::user,
        "--since takes a cursor, or a time like 2h, 18:30 or 2026-12-01, not " + text + "."};
  }
  return {.moment_ms = static_cast<std::uint64_t>(moment->time_since_epoch().count())};
}

class Receiving {
 public:
  Receiving(Context& context, const ReceiveOptions& options)
      : context_{context},
        options_{options},
        since_{parse_since(options.since)},
        keep_{options.keep || since_.cursor},
        session_{context.session()} {}

  // Until the owner says that this is all, or `max` were shown.
  void read() {
    if (since_.cursor && !options_.consumer.empty()) begin_consumer(*since_.cursor);
    number_ = session_.ask(to_request());
    if (since_.cursor.value_or(0) != 0) acknowledge_up_to(*since_.cursor);
    while (reading_) {
      const auto reply = session_.next();
      take(*reply);
      if (options_.max != 0 && shown_ >= options_.max) reading_ = false;
      if (to_acknowledge_.size() >= kMaxTogether || !session_.has_reply()) acknowledge();
    }
  }

  // What was shown is acknowledged, and the owner has heard it.
  void finish() {
    session_.cancel(number_);
    acknowledge();
    while (acknowledging_ != 0) {
      const auto reply = session_.next();
      take(*reply);
    }
  }

 private:
  [[nodiscard]] ApiRequest to_request() const {
    ApiRequest request;
    auto& receive = *request.mutable_receive();
    receive.set_timeout_ms(static_cast<std::uint32_t>(options_.timeout.value_or(0) * 1'000));
    receive.set_max(options_.max);
    receive.set_follow(options_.follow && !options_.timeout);  // it says when to stop following
    receive.set_keep(keep_);
    receive.set_consumer(options_.consumer);
    receive.set_since(since_.cursor.value_or(0));
    receive.set_since_ms(since_.moment_ms);
    receive.set_chat(options_.chat);
    receive.set_look(true);
    receive.set_person(!context_.json() && options_.consumer.empty());
    return request;
  }

  void take(const ApiReply& reply) {
    if (reply.has_message()) show(reply.message());
    if (reply.has_notice()) context_.say(SafeText::line(reply.notice().sentence()));
    if (!reply.last()) return;
    if (reply.number() == number_) {
      reading_ = false;
    } else if (acknowledging_ != 0) {
      --acknowledging_;
    }
    throw_if_failed(reply);
  }

  void show(const proto::pb::Message& message) {
    // The next owner of the profile hands out again what was not acknowledged yet.
    if (message.cursor() <= last_cursor_ || !reading_) return;
    last_cursor_ = message.cursor();
    ++shown_;
    if (context_.json()) {
      context_.out().json(to_json(message));
    } else {
      print(context_.out(), message);
    }
    if (!keep_) to_acknowledge_.push_back(message.id());
  }

  void acknowledge() {
    context_.out().flush();  // throws: then nothing is acknowledged
    if (to_acknowledge_.empty()) return;
    ApiRequest request;
    for (auto& id : to_acknowledge_) request.mutable_ack()->add_ids(std::move(id));
    request.mutable_ack()->set_read(true);
    to_acknowledge_.clear();
    acknowledge(std::move(request));
  }

  // It may be a new one, which acknowledges before the look at the relay is over.
  void begin_consumer(std::uint64_t cursor) {
    ApiRequest request;
    request.mutable_consumers()->set_begin(options_.consumer);
    request.mutable_consumers()->set_since(cursor);
    await_later(std::move(request));
  }

  // All that this consumer says to have handled.
  void acknowledge_up_to(std::uint64_t cursor) {
    ApiRequest request;
    request.mutable_ack()->set_cursor(cursor);
    acknowledge(std::move(request));
  }

  void acknowledge(ApiRequest request) {
    request.mutable_ack()->set_consumer(options_.consumer);
    await_later(std::move(request));
  }

  // Its answer only says that it is done.
  void await_later(ApiRequest request) {
    (void)session_.ask(std::move(request));
    ++acknowledging_;
  }

  Context& context_;
  const ReceiveOptions& options_;
  Since since_;
  bool keep_;
  Session& session_;
  std::uint64_t number_ = 0;
  bool reading_ = true;
  std::uint32_t shown_ = 0;
  std::uint64_t last_cursor_ = 0;
  std::vector<std::string> to_acknowledge_;
  std::size_t acknowledging_ = 0;
};

}  // namespace

ExitCode receive(Context& context, const ReceiveOptions& options) {
  Receiving receiving{context, options};
  try {
    receiving.read();
  } catch (const Interrupted&) {
    if (!options.follow) throw;
    Signals::forget();  // the usual end of --follow; the second one kills
  }
  receiving.finish();
  if (!options.follow) hint_of_moves(context);
  return ExitCode::done;
}

ExitCode acknowledge(Context& context, const AckOptions& options) {
  if (options.ids.empty() == (options.cursor == 0)) {
    throw Problem{ExitCode::user, "Name messages by their ids, or give --cursor N."};
  }
  ApiRequest request;
  request.mutable_ack()->set_cursor(options.cursor);
  request.mutable_ack()->set_consumer(options.consumer);
  for (const auto& id : options.ids) request.mutable_ack()->add_ids(id);
  request.mutable_ack()->set_read(true);
  (void)context.session().only(std::move(request));
  return ExitCode::done;
}

}  // namespace bisik::client
