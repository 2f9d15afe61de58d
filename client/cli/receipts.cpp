// receipts, typing, profile: what a contact hears beside messages.
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/naming.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;
using proto::pb::ReceiptsCommand;

ReceiptsCommand::Switch to_switch(const std::string& word) {
  if (word.empty()) return ReceiptsCommand::SWITCH_AS_IT_IS;
  return word == "on" ? ReceiptsCommand::SWITCH_ON : ReceiptsCommand::SWITCH_OFF;
}

Literal on_or_off(bool on) { return on ? Literal{"on"} : Literal{"off"}; }

}  // namespace

ExitCode receipts(Context& context, const ReceiptsOptions& options) {
  ApiRequest request;
  auto& command = *request.mutable_receipts();
  command.set_name(options.name);
  command.set_delivery(to_switch(options.delivery));
  command.set_read(to_switch(options.read));
  command.set_typing(to_switch(options.typing));
  const auto contact = context.session().only(std::move(request)).contact();
  auto& out = context.out();
  if (context.json()) {
    out.json(to_json(contact));
  } else {
    out << SafeText::line(contact.name())
        << " is told that a message arrived: " << on_or_off(contact.delivery_receipts())
        << ", that it was read: " << on_or_off(contact.read_receipts())
        << ", that you are typing: " << on_or_off(contact.typing_notices()) << "\n";
  }
  out.flush();
  return ExitCode::done;
}

ExitCode typing(Context& context, const TypingOptions& options) {
  ApiRequest request;
  for (const auto& name : options.names) request.mutable_typing()->add_recipients(name);
  request.mutable_typing()->set_stopped(options.stop);
  const auto reply = context.session().only(std::move(request));
  auto worst = ExitCode::done;
  for (const auto& recipient : reply.sent().recipients()) {
    if (!recipient.has_failure()) continue;
    worst = std::max(worst, static_cast<ExitCode>(recipient.failure().exit_code()));
    context.err() << SafeText::line(recipient.failure().sentence()) << "\n";
  }
  context.err().flush();
  return worst;
}

ExitCode profile(Context& context, const ProfileOptions& options) {
  ApiRequest request;
  request.mutable_profile()->set_name(options.name);
  const auto who = context.session().only(std::move(request)).who_am_i();
  if (context.json()) {
    context.out().json(to_json(who));
    context.out().flush();
  } else {
    tell_other_name(context, options.name, who.name());
    context.hint(SafeText{"You call yourself "} + SafeText::line(who.name()) +
                 ". Your contacts hear of it, and keep the names that they have given you.");
  }
  return ExitCode::done;
}

}  // namespace bisik::client
