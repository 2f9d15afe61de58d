#include <unistd.h>

#include "client/cli/commands.hpp"
#include "client/cli/typed_line.hpp"

namespace bisik::client {
namespace {

// One line from the person, or nothing at the end of the input.
std::optional<std::string> ask(Output& out, Literal question) {
  out.styled(Style::bold, SafeText{question}) << " ";
  out.flush();
  return read_typed_line();
}

ExitCode use_invite(Context& context) {
  const auto link = ask(context.out(), "The link:");
  const auto name = link ? ask(context.out(), "Your name, as others will see it at first:") : link;
  if (!name) return ExitCode::user;
  return join(context, {.link = *link, .name = *name, .passphrase = false});
}

ExitCode explain_relay(Output& out) {
  out << "On a machine that others can reach:\n\n"
         "  bisik-relay up --data DIR --listen 0.0.0.0:7443\n\n"
         "It prints the relay's link and a first invite. With that: bisik join 'INVITE' --name "
         "NAME\n";
  out.flush();
  return ExitCode::done;
}

}  // namespace

ExitCode welcome(Context& context, const std::string& help) {
  auto& out = context.out();
  if (isatty(STDIN_FILENO) == 0 || !out.is_terminal() || context.profile().exists()) {
    auto& shown = out.is_terminal() ? out : context.err();
    shown << SafeText::text(help, 0) << "\n";
    shown.flush();
    return out.is_terminal() && isatty(STDIN_FILENO) != 0 ? ExitCode::done : ExitCode::user;
  }
  out << "bisik: messages that nobody else can read.\n\n"
         "  1  try it: a demonstration on this machine, without a network\n"
         "  2  use an invite that somebody gave you\n"
         "  3  run a relay of your own\n\n";
  const auto choice = ask(out, "Which? [1]");
  if (!choice) return ExitCode::user;
  if (*choice == "2") return use_invite(context);
  if (*choice == "3") return explain_relay(out);
  if (choice->empty() || *choice == "1") return demo(context);
  throw Problem{ExitCode::user, "Choose 1, 2 or 3."};
}

}  // namespace bisik::client
