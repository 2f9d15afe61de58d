// link, devices.
#include <poll.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/qr.hpp"
#include "client/cli/typed_line.hpp"
#include "client/cli/wording.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

void show_code(Context& context, const std::string& code) {
  auto& out = context.out();
  if (context.json()) {
    out.json({{"code", code}});
  } else {
    if (out.is_terminal()) print_qr(out, crypto::as_bytes(code));
    out << SafeText::line(code) << "\n";
  }
  out.flush();
  context.hint("Now on your first device: bisik link --approve 'CODE', with this code.");
}

void show_digits(Context& context, const proto::pb::LinkDigits& digits) {
  auto& out = context.out();
  if (context.json()) {
    out.json({{"digits", digits.digits()}});
  } else {
    out << "\n  ";
    out.styled(Style::bold, SafeText::line(digits.digits())) << "\n\n";
  }
  out.flush();
  context.hint("Type these digits at your first device.");
}

std::string read_digits(Context& context) {
  context.say(SafeText{"Six digits, as the new device shows them:"});
  auto digits = read_typed_line();
  if (!digits) throw Problem{ExitCode::user, "No digits were typed, so nothing was linked."};
  return std::move(*digits);
}

std::uint64_t confirm(Context& context, Session& session) {
  ApiRequest request;
  request.mutable_confirm_digits()->set_digits(read_digits(context));
  return session.ask(std::move(request));
}

// What is no six digits is no attempt, and a list that is on its way will be there soon.
bool may_type_again(const ApiReply& reply) {
  const auto code = reply.failure().exit_code();
  return reply.has_failure() && (code == static_cast<std::uint32_t>(ExitCode::user) ||
                                 code == static_cast<std::uint32_t>(ExitCode::rate));
}

void show_linked(Context& context, const proto::pb::LinkGranted& granted) {
  auto& out = context.out();
  if (context.json()) {
    out.json({{"linked", granted.device()}});
  } else {
    out << "Linked as device " << SafeText::number(granted.device()) << "\n";
  }
  out.flush();
  context.hint(
      "Say so on the new device. This one waits for it, to tell it who your contacts are.");
}

// Until the person has typed something. False: the owner says something first.
bool is_typed_first(Session& session) {
  for (;;) {
    if (session.has_reply()) return false;
    pollfd waited[] = {
        {STDIN_FILENO, POLLIN, 0}, {session.fd(), POLLIN, 0}, {Signals::fd(), POLLIN, 0}};
    poll(waited, 3, -1);
    Signals::throw_if_interrupted();
    if (waited[2].revents != 0) Signals::drain();
    if (waited[0].revents != 0) return true;
  }
}

// Nobody else can say whether this device was linked by the person's own first device.
void accept_link(Session& session) {
  if (!read_typed_line()) {
    throw Problem{ExitCode::user, "Nothing was linked here: the first device was not confirmed."};
  }
  ApiRequest request;
  request.mutable_accept_link();
  (void)session.ask(std::move(request));
}

ExitCode approve(Context& context, const std::string& code) {
  auto& session = context.session();
  ApiRequest request;
  request.mutable_approve()->set_code(code);
  const auto approval = session.ask(std::move(request));
  std::uint64_t confirmation = 0;
  for (bool last = false; !last;) {
    const auto reply = session.next();
    last = reply->number() == approval && reply->last();
    if (reply->number() == confirmation && may_type_again(*reply)) {
      context.say(SafeText::line(reply->failure().sentence()));
      confirmation = confirm(context, session);
      continue;
    }
    throw_if_failed(*reply);
    if (reply->has_digits_wanted()) confirmation = confirm(context, session);
    if (reply->has_link_granted()) show_linked(context, reply->link_granted());
  }
  return ExitCode::done;
}

ExitCode become(Context& context, const LinkOptions& options) {
  auto& session = context.new_session(options.passphrase);
  ApiRequest request;
  request.mutable_link()->set_relay(options.relay);
  request.mutable_link()->set_history(!options.no_history);
  const auto linking = session.ask(std::move(request));
  bool asks = false;  // the person
  for (bool last = false; !last;) {
    if (asks && is_typed_first(session)) {
      asks = false;
      accept_link(session);
    }
    const auto reply = session.next();
    last = reply->number() == linking && reply->last();
    throw_if_failed(*reply);
    if (reply->has_made_link()) show_code(context, reply->made_link().link());
    if (reply->has_link_digits()) {
      show_digits(context, reply->link_digits());
      context.say(
          SafeText{"When your first device says that it has linked this one, press Enter."});
      asks = true;
    }
    if (!reply->has_who_am_i()) continue;
    const auto& who = reply->who_am_i();
    if (context.json()) {
      context.out().json(to_json(who));
    } else {
      context.out() << "This is device " << SafeText::number(who.device()) << " of "
                    << SafeText::line(who.name()) << "\n";
    }
    context.out().flush();
  }
  context.hint("Next: bisik receive brings your contacts and messages here.");
  return ExitCode::done;
}

void show(Context& context, const proto::pb::DeviceEntry& device) {
  auto& out = context.out();
  if (context.json()) {
    out.json({{"device", device.number()},
              {"linked", device.created_unix_seconds() * 1000},
              {"this_one", device.this_one()},
              {"has_keys", device.has_keys()}});
    return;
  }
  out.styled(Style::bold, SafeText::number(device.number())) << "  since ";
  out << clock_time(device.created_unix_seconds() * 1000);
  if (device.this_one()) out << "  this device";
  if (device.primary()) out << ", which holds the account's key";
  if (!device.has_keys()) out.styled(Style::warning, "  not heard from yet");
  out << "\n";
}

}  // namespace

ExitCode link(Context& context, const LinkOptions& options) {
  if (!options.code.empty()) return approve(context, options.code);
  if (options.relay.empty()) {
    throw Problem{ExitCode::user,
                  "On the new device: bisik link RELAY, with the relay that 'bisik whoami' shows on"
                  " your first one. On the first: bisik link --approve CODE."};
  }
  return become(context, options);
}

ExitCode devices(Context& context) {
  ApiRequest request;
  request.mutable_devices();
  context.session().each(std::move(request), [&](const proto::pb::ApiReply& reply) {
    if (reply.has_device()) show(context, reply.device());
    if (reply.has_notice()) context.say(SafeText::line(reply.notice().sentence()));
  });
  context.out().flush();
  return ExitCode::done;
}

ExitCode accept_devices(Context& context) {
  ApiRequest request;
  request.mutable_accept_devices();
  (void)context.session().only(std::move(request));
  context.hint("This device goes on from there. 'bisik devices' shows the list.");
  return ExitCode::done;
}

ExitCode remove_device(Context& context, const RemoveDeviceOptions& options) {
  ApiRequest request;
  request.mutable_remove_device()->set_number(options.number);
  (void)context.session().only(std::move(request));
  if (context.json()) {
    context.out().json({{"removed", options.number}});
    context.out().flush();
  }
  context.hint("It hears nothing more. Your contacts learn of it when they write to you.");
  return ExitCode::done;
}

}  // namespace bisik::client
