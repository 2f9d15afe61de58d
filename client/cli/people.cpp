// contacts, verify.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/contact_list.hpp"
#include "client/cli/qr.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;

void print_number(Output& out, const proto::pb::SafetyNumber& number) {
  if (out.is_terminal()) print_qr(out, crypto::as_bytes(number.scannable()));
  print_digits(out, number.digits());
}

// Whether the contact goes on under another key, and what to do about it.
void show_move(Output& out, const proto::pb::ContactEntry& contact) {
  const auto label = badge(contact.move());
  out.styled(label.style, label.text);
  if (contact.move() == proto::pb::MOVE_OFFERED) {
    out << ": bisik accept " << SafeText::line(contact.name());
  } else if (contact.move() == proto::pb::MOVE_FOLLOWED && !contact.successor_name().empty()) {
    out << " of " << SafeText::line(contact.successor_name());
  } else if (!contact.predecessor_name().empty()) {
    const auto before = SafeText::line(contact.predecessor_name());
    out << "  the new key of " << before << ", says " << before;
  }
}

}  // namespace

ExitCode contacts(Context& context) {
  auto& out = context.out();
  ApiRequest request;
  request.mutable_contacts()->set_look(true);
  const auto all = list_contacts(context, std::move(request));
  std::size_t width = 0;
  for (const auto& contact : all) width = std::max(width, SafeText::line(contact.name()).columns());
  for (const auto& contact : all) {
    if (context.json()) {
      out.json(to_json(contact));
      continue;
    }
    const auto label = badge(contact.trust());
    out.styled(Style::bold, SafeText::line(contact.name()).padded(width)) << "  ";
    out.styled(label.style, label.text);
    if (contact.state() == proto::pb::CONTACT_STATE_REQUEST) out << "  a stranger's request";
    if (contact.state() == proto::pb::CONTACT_STATE_INVITED) out << "  has not answered yet";
    show_move(out, contact);
    if (contact.blocked()) out.styled(Style::bad, "  blocked");
    if (contact.unread() != 0) out << "  " << SafeText::number(contact.unread()) << " new";
    out << "\n";
  }
  out.flush();
  if (all.empty()) {
    context.hint(
        "Nobody yet. Next: bisik invite makes a link for somebody, bisik add LINK takes "
        "theirs.");
  }
  return ExitCode::done;
}

ExitCode trust(Context& context, const TrustOptions& options) {
  ApiRequest request;
  request.mutable_verify()->set_name(options.name);
  request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_TRUST);
  const auto reply = context.session().only(std::move(request));
  const auto& number = reply.safety_number();
  if (context.json()) {
    context.out().json(
        {{"name", number.name()}, {"trust", std::string{word(number.trust()).text()}}});
    context.out().flush();
  } else {
    context.hint(SafeText::line(number.name()) + " may be written to, unverified.");
  }
  return ExitCode::done;
}

ExitCode verify(Context& context, const VerifyOptions& options) {
  using Verify = proto::pb::VerifyCommand;
  ApiRequest request;
  request.mutable_verify()->set_name(options.name);
  request.mutable_verify()->set_action(options.confirm    ? Verify::ACTION_CONFIRM
                                       : options.withdraw ? Verify::ACTION_WITHDRAW
                                                          : Verify::ACTION_SHOW);
  const auto reply = context.session().only(std::move(request));
  const auto& number = reply.safety_number();
  const auto name = SafeText::line(number.name());
  auto& out = context.out();
  if (context.json()) {
    Json json{{"name", number.name()},
              {"digits", number.digits()},
              {"trust", std::string{word(number.trust()).text()}}};
    if (!number.successor_digits().empty()) json["successor_digits"] = number.successor_digits();
    out.json(json);
    out.flush();
    return ExitCode::done;
  }
  const auto label = badge(number.trust());
  out << name << ": ";
  out.styled(label.style, label.text) << "\n";
  print_number(out, number);
  if (!number.successor_digits().empty()) {
    out << "under the key that " << name << " says to have moved to:\n";
    print_digits(out, number.successor_digits());
  }
  out.flush();
  if (!number.successor_digits().empty()) {
    context.hint(SafeText{"Compare the second digits with "} + name +
                 ", in person or by voice. If they are the same: bisik accept " + name +
                 ". Else: bisik accept " + name + " --no");
  } else if (!options.confirm && !options.withdraw) {
    context.hint(SafeText{"Compare these digits with "} + name +
                 ", in person or by voice. If they are the same: bisik verify " + name +
                 " --confirm");
  }
  return ExitCode::done;
}

ExitCode repair(Context& context, const RepairOptions& options) {
  ApiRequest request;
  request.mutable_repair()->set_name(options.name);
  const auto contact = context.session().only(std::move(request)).contact();
  if (context.json()) {
    context.out().json(to_json(contact));
    context.out().flush();
  } else {
    const auto name = SafeText::line(contact.name());
    context.hint(SafeText{"The next words between you and "} + name +
                 " go under new keys, and what is missing is asked for. Nothing else changes.");
  }
  return ExitCode::done;
}

}  // namespace bisik::client
