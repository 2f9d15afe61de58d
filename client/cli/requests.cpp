// requests, accept, rename, delete, block, unblock.
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/contact_list.hpp"
#include "client/cli/naming.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;
using proto::pb::ContactEntry;

// With --json the contact as it is now; otherwise nothing but the hint.
ExitCode told(Context& context, const ContactEntry& contact, const SafeText& hint) {
  if (context.json()) {
    context.out().json(to_json(contact));
    context.out().flush();
  } else {
    context.hint(hint);
  }
  return ExitCode::done;
}

void show(Context& context, const ContactEntry& stranger) {
  if (context.json()) {
    auto json = to_json(stranger);
    json["messages"] = stranger.messages();
    json["first_text"] = stranger.first_text();
    context.out().json(json);
    return;
  }
  auto& out = context.out();
  const auto name = SafeText::line(stranger.name());
  out.styled(Style::bold, name) << "  ";
  out.styled(Style::warning, badge(stranger.trust()).text);
  if (!stranger.predecessor_name().empty()) {
    out << "  " << SafeText::line(stranger.predecessor_name()) << " says to have moved there";
  }
  if (stranger.messages() > 1) {
    out << "  " << SafeText::number(stranger.messages()) << " messages";
  }
  out << "\n  " << SafeText::text(stranger.first_text(), 2) << "\n";
}

ExitCode set_blocked(Context& context, ApiRequest request, Literal hint) {
  const auto reply = context.session().only(std::move(request));
  return told(context, reply.contact(), SafeText::line(reply.contact().name()) + hint);
}

}  // namespace

ExitCode requests(Context& context) {
  ApiRequest request;
  request.mutable_requests()->set_look(true);
  const auto all = list_contacts(context, std::move(request));
  for (const auto& stranger : all) show(context, stranger);
  context.out().flush();
  if (all.empty()) {
    context.hint("No stranger has written.");
  } else {
    context.hint("They hear nothing until you accept: bisik accept NAME. Or bisik delete NAME.");
  }
  return ExitCode::done;
}

ExitCode accept(Context& context, const AcceptOptions& options) {
  ApiRequest request;
  request.mutable_accept()->set_name(options.name);
  request.mutable_accept()->set_new_name(options.new_name);
  request.mutable_accept()->set_refuse(options.refuse);
  const auto reply = context.session().only(std::move(request));
  const auto name = SafeText::line(reply.contact().name());
  if (!options.refuse) tell_other_name(context, options.new_name, reply.contact().name());
  if (options.refuse) {
    return told(context, reply.contact(), name + " stays with the key that you know.");
  }
  if (reply.contact().follows()) {
    return told(context, reply.contact(),
                name + " has the new key now, unverified. What was written stays, and what waited" +
                    " goes there. Next: bisik verify " + name);
  }
  return told(context, reply.contact(), name + " is a contact now. What they wrote: bisik receive");
}

ExitCode rename(Context& context, const RenameOptions& options) {
  ApiRequest request;
  request.mutable_rename()->set_name(options.name);
  request.mutable_rename()->set_new_name(options.new_name);
  const auto reply = context.session().only(std::move(request));
  tell_other_name(context, options.new_name, reply.contact().name());
  return told(context, reply.contact(),
              SafeText::line(options.name) + " is " + SafeText::line(reply.contact().name()) +
                  " now, on your other devices too. Nobody is told.");
}

// Names have no '/', so that nobody can be meant by a message's id.
ExitCode remove(Context& context, const RemoveOptions& options) {
  if (options.for_everyone) return delete_for_everyone(context, options.name);
  if (options.name.find('/') != std::string::npos) return delete_here(context, options.name);
  ApiRequest request;
  request.mutable_remove()->set_name(options.name);
  request.mutable_remove()->set_contact(options.yes);
  const auto reply = context.session().only(std::move(request));
  return told(context, reply.contact(), SafeText::line(reply.contact().name()) + " is deleted.");
}

ExitCode block(Context& context, const BlockOptions& options) {
  ApiRequest request;
  request.mutable_block()->set_name(options.name);
  request.mutable_block()->set_now(options.now);
  return set_blocked(context, std::move(request), " is blocked, and is not told.");
}

ExitCode unblock(Context& context, const UnblockOptions& options) {
  ApiRequest request;
  request.mutable_block()->set_name(options.name);
  request.mutable_block()->set_unblock(true);
  return set_blocked(context, std::move(request), " is not blocked any more.");
}

}  // namespace bisik::client
