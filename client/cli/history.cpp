// history, outbox.
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "client/cli/commands.hpp"
#include "client/cli/moment.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;

// The number in "bob/7".
std::uint64_t number_in(const std::string& id) {
  const auto digits = id.substr(id.rfind('/') + 1);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// Those of a history, whose numbers rise within a chat: what is not above the last one was shown
// already, by the owner that this one took over from.
class Rising {
 public:
  [[nodiscard]] bool is_new(const proto::pb::Message& message) {
    const auto number = number_in(message.id());
    if (message.chat() == chat_ && number <= last_number_) return false;
    chat_ = message.chat();
    last_number_ = number;
    return true;
  }

 private:
  std::string chat_;
  std::uint64_t last_number_ = 0;
};

// Those of the outbox, in the order in which they go.
class Listed {
 public:
  [[nodiscard]] bool is_new(const proto::pb::Message& message) {
    return ids_.insert(message.id()).second;
  }

 private:
  std::set<std::string> ids_;
};

template <class Seen, class Show>
void show_all(Session& session, ApiRequest request, Seen seen, Show show) {
  (void)session.ask(std::move(request));
  for (bool last = false; !last;) {
    const auto reply = session.next();
    last = reply->last();
    throw_if_failed(*reply);
    if (reply->has_message() && seen.is_new(reply->message())) show(reply->message());
  }
}

// What is in the outbox, and for what it waits.
struct Waiting {
  std::size_t for_the_relay = 0;
  std::size_t for_its_time = 0;
};

SafeText sentence(const Waiting& waiting) {
  if (waiting.for_the_relay + waiting.for_its_time == 0) {
    return SafeText{"Nothing waits to be sent."};
  }
  SafeText when;
  if (waiting.for_its_time != 0) {
    when = SafeText{
        "What has a time goes then, if bisik daemon runs, else with the first command after it. "};
  }
  if (waiting.for_the_relay != 0) {
    when += waiting.for_its_time == 0 ? SafeText{"These go"} : SafeText{"The others go"};
    when += SafeText{" by themselves when the relay can be reached. "};
  }
  return when + "bisik outbox cancel ID takes one back.";
}

bool waits_for_its_time(const proto::pb::Message& message) {
  return message.at_ms() > static_cast<std::uint64_t>(moment_now().time_since_epoch().count());
}

}  // namespace

ExitCode history(Context& context, const HistoryOptions& options) {
  ApiRequest request;
  request.mutable_history()->set_chat(options.name);
  request.mutable_history()->set_last(options.last);
  auto& out = context.out();
  show_all(context.session(), std::move(request), Rising{}, [&](const proto::pb::Message& message) {
    context.json() ? (void)out.json(to_json(message)) : print(out, message);
  });
  out.flush();
  return ExitCode::done;
}

ExitCode outbox(Context& context) {
  ApiRequest request;
  request.mutable_outbox();
  auto& out = context.out();
  Waiting waiting;
  show_all(context.session(), std::move(request), Listed{}, [&](const proto::pb::Message& message) {
    if (context.json()) {
      out.json(to_json(message));
      return;
    }
    const bool planned = waits_for_its_time(message);
    ++(planned ? waiting.for_its_time : waiting.for_the_relay);
    out.styled(Style::bold, SafeText::line(message.id()))
        << (planned ? Literal{"  at "} : Literal{"  "})
        << clock_time(planned ? message.at_ms() : message.timestamp_ms()) << "  "
        << SafeText::line(message.text()).cut(60) << "\n";
  });
  out.flush();
  context.hint(sentence(waiting));
  return ExitCode::done;
}

ExitCode outbox_cancel(Context& context, const OutboxCancelOptions& options) {
  ApiRequest request;
  request.mutable_outbox_cancel()->set_id(options.id);
  (void)context.session().only(std::move(request));
  context.hint(SafeText::line(options.id) + " will not be sent.");
  return ExitCode::done;
}

}  // namespace bisik::client
