// history, outbox.
#include <charconv>
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
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

// Numbers rise within a chat, so what is not above the last one was shown already, by the owner
// that this one took over from.
template <class Show>
void show_all(Session& session, ApiRequest request, Show show) {
  (void)session.ask(std::move(request));
  std::string chat;
  std::uint64_t last_number = 0;
  for (bool last = false; !last;) {
    const auto reply = session.next();
    last = reply->last();
    throw_if_failed(*reply);
    if (!reply->has_message()) continue;
    const auto& message = reply->message();
    const auto number = number_in(message.id());
    if (message.chat() == chat && number <= last_number) continue;
    chat = message.chat();
    last_number = number;
    show(message);
  }
}

}  // namespace

ExitCode history(Context& context, const HistoryOptions& options) {
  ApiRequest request;
  request.mutable_history()->set_chat(options.name);
  request.mutable_history()->set_last(options.last);
  auto& out = context.out();
  show_all(context.session(), std::move(request), [&](const proto::pb::Message& message) {
    context.json() ? (void)out.json(to_json(message)) : print(out, message);
  });
  out.flush();
  return ExitCode::done;
}

ExitCode outbox(Context& context) {
  ApiRequest request;
  request.mutable_outbox();
  auto& out = context.out();
  show_all(context.session(), std::move(request), [&](const proto::pb::Message& message) {
    if (context.json()) {
      out.json(to_json(message));
      return;
    }
    out.styled(Style::bold, SafeText::line(message.id()))
        << "  " << clock_time(message.timestamp_ms()) << "  "
        << SafeText::line(message.text()).cut(60) << "\n";
  });
  out.flush();
  context.hint(
      "These go by themselves when the relay can be reached. bisik outbox cancel ID takes "
      "one back.");
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
