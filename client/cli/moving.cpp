// move, successor.
#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/contact_list.hpp"
#include "client/cli/typed_line.hpp"
#include "client/cli/wording.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Succession;

SafeText place(const Succession& succession) {
  return SafeText::line(succession.name()) + " at " + SafeText::line(succession.relay());
}

// For the new profile; nothing has been said to anybody.
ExitCode show_link(Context& context, const Succession& succession) {
  auto& out = context.out();
  if (context.json()) {
    Json json{{"link", succession.link()}, {"moved", succession.done()}};
    if (succession.done()) json["successor"] = to_json(succession);
    out.json(json);
  } else {
    out << SafeText::line(succession.link()) << "\n";
  }
  out.flush();
  if (succession.done()) {
    context.hint(SafeText{"This account says that it goes on as "} + place(succession) + ".");
  }
  context.hint(
      "In the new profile, once it has joined: bisik successor 'LINK', with this link. Then here:"
      " bisik move 'LINK', with the one that it shows.");
  return ExitCode::done;
}

ApiRequest move_request(const MoveOptions& options, bool confirmed) {
  ApiRequest request;
  request.mutable_move()->set_link(options.link);
  request.mutable_move()->set_confirmed(confirmed);
  return request;
}

// Whoever gives no answer has not agreed.
void confirm(Context& context, const Succession& succession) {
  auto& err = context.err();
  err << "Your contacts (" << SafeText::number(succession.contacts())
      << ") will be told that you go on as " << place(succession)
      << ". Each decides whether to follow. This cannot be taken back.\n"
      << "The new profile shows the same digits:\n";
  print_digits(err, succession.digits());
  err.flush();
  context.say(SafeText{"They are the same, and I move: type yes."});
  if (read_typed_line() != "yes") {
    throw Problem{ExitCode::user, "Nothing was said to anybody. 'yes' or --yes moves the account."};
  }
}

}  // namespace

ExitCode successor(Context& context, const SuccessorOptions& options) {
  ApiRequest request;
  request.mutable_successor()->set_of(options.of);
  const auto succession = context.session().only(std::move(request)).succession();
  auto& out = context.out();
  if (context.json()) {
    auto json = to_json(succession);
    json["link"] = succession.link();
    json["expires"] = succession.expires_unix_seconds() * 1000;
    out.json(json);
    out.flush();
    return ExitCode::done;
  }
  out << SafeText::line(succession.link()) << "\n";
  out.flush();
  context.hint(SafeText{"Give it to the old profile alone: bisik move 'LINK'. It works until "} +
               clock_time(succession.expires_unix_seconds() * 1000) + ".");
  context.say(SafeText{"The old profile shows these digits too:"});
  if (!context.globals().quiet) {
    print_digits(context.err(), succession.digits());
    context.err().flush();
  }
  return ExitCode::done;
}

void hint_of_moves(Context& context) {
  if (context.json() || !context.err().is_terminal()) return;
  ApiRequest request;
  request.mutable_contacts();
  for (const auto& contact : list_contacts(context, std::move(request))) {
    if (contact.move() != proto::pb::MOVE_OFFERED) continue;
    const auto name = SafeText::line(contact.name());
    context.hint(
        name + " says to have moved to a new key. Nothing is sent until you decide: bisik" +
        " verify " + name + ", then bisik accept " + name + " or bisik accept " + name + " --no.");
  }
}

ExitCode move_account(Context& context, const MoveOptions& options) {
  auto& session = context.session();
  auto succession = session.only(move_request(options, options.yes)).succession();
  if (options.link.empty()) return show_link(context, succession);
  if (!options.yes) {
    confirm(context, succession);
    succession = session.only(move_request(options, true)).succession();
  }
  if (context.json()) {
    context.out().json(to_json(succession));
    context.out().flush();
    return ExitCode::done;
  }
  context.hint(SafeText{"Your contacts ("} + SafeText::number(succession.contacts()) +
               ") are told that you go on as " + place(succession) +
               ". Whoever follows writes to the new profile; here you hear those who do not.");
  return ExitCode::done;
}

}  // namespace bisik::client
