// join, invite, add, whoami.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/duration.hpp"
#include "client/cli/naming.hpp"
#include "client/cli/qr.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;

void show(Context& context, const proto::pb::WhoAmI& who) {
  const auto json = to_json(who);
  if (context.json()) {
    context.out().json(json);
    return;
  }
  context.out() << "name     " << SafeText::line(who.name()) << "\n"
                << "account  " << SafeText::line(json["account"].get<std::string>()) << "\n"
                << "relay    " << SafeText::line(who.relay()) << "\n"
                << "device   " << SafeText::number(who.device()) << "\n";
  if (who.successor().empty()) return;
  context.out() << "moved    to " << SafeText::line(who.successor_name()) << " at "
                << SafeText::line(who.successor_relay()) << ", say both accounts\n";
}

void show(Context& context, const proto::pb::ServerRow& row) {
  Json json{{"table", row.table()}};
  auto line = SafeText::line(row.table());
  for (const auto& field : row.fields()) {
    json[field.name()] = field.value();
    line += SafeText{"  "} + SafeText::line(field.name()) + "=" + SafeText::line(field.value());
  }
  context.json() ? context.out().json(json) : context.out() << line << "\n";
}

}  // namespace

ExitCode join(Context& context, const JoinOptions& options) {
  auto& session = context.new_session(options.passphrase);
  ApiRequest request;
  request.mutable_join()->set_link(options.link);
  request.mutable_join()->set_name(options.name);
  const auto reply = session.only(std::move(request));
  const auto& who = reply.who_am_i();
  auto& out = context.out();
  if (context.json()) {
    out.json(to_json(who));
  } else {
    out << "You are " << SafeText::line(who.name()) << " at " << SafeText::line(who.relay())
        << "\n";
  }
  out.flush();
  tell_other_name(context, options.name, who.name());
  context.hint(
      "Next: bisik invite makes a link for somebody else, bisik contacts shows who is "
      "there already.");
  return ExitCode::done;
}

ExitCode invite(Context& context, const InviteOptions& options) {
  ApiRequest request;
  request.mutable_invite()->set_contact_only(options.contact_only);
  if (!options.expires.empty()) {
    const auto lifetime = parse_duration(options.expires);
    if (!lifetime || lifetime->count() > UINT32_MAX) {
      throw Problem{ExitCode::user, "--expires takes a time such as 30m, 12h or 7d."};
    }
    request.mutable_invite()->set_lifetime_seconds(static_cast<std::uint32_t>(lifetime->count()));
  }
  const auto reply = context.session().only(std::move(request));
  const auto& made = reply.made_link();
  auto& out = context.out();
  if (context.json()) {
    out.json({{"link", made.link()}, {"expires", made.expires_unix_seconds() * 1000}});
  } else {
    if (out.is_terminal()) print_qr(out, crypto::as_bytes(made.link()));
    out << SafeText::line(made.link()) << "\n";
  }
  out.flush();
  context.hint(SafeText{"Give it to one person, over a way you trust. They run: bisik "} +
               (options.contact_only ? Literal{"add"} : Literal{"join"}) + " 'LINK'" +
               (options.contact_only ? Literal{""} : Literal{" --name THEIR-NAME"}) +
               SafeText{". It works until "} + clock_time(made.expires_unix_seconds() * 1000) +
               ", for whoever has it.");
  return ExitCode::done;
}

ExitCode add(Context& context, const AddOptions& options) {
  ApiRequest request;
  request.mutable_add()->set_link(options.link);
  request.mutable_add()->set_name(options.name);
  const auto reply = context.session().only(std::move(request));
  const auto name = SafeText::line(reply.contact().name());
  auto& out = context.out();
  if (context.json()) {
    out.json(to_json(reply.contact()));
  } else {
    out << "Added " << name << "\n";
  }
  out.flush();
  tell_other_name(context, options.name, reply.contact().name());
  context.hint(SafeText{"Next: bisik send "} + name + " 'hello', or bisik chat " + name + ".");
  return ExitCode::done;
}

ExitCode whoami(Context& context, const WhoAmIOptions& options) {
  ApiRequest request;
  request.mutable_who_am_i()->set_server_view(options.server_view);
  context.session().each(std::move(request), [&](const proto::pb::ApiReply& reply) {
    if (reply.has_who_am_i()) show(context, reply.who_am_i());
    if (reply.has_server_row()) show(context, reply.server_row());
  });
  context.out().flush();
  return ExitCode::done;
}

}  // namespace bisik::client
