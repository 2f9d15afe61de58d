// daemon: owns the profile without a person, and serves commands and bots until it is ended.
#include "client/cli/doors.hpp"
#include "client/cli/hooks.hpp"
#include "client/cli/service_manager.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

void say_ready(Context& context, const SafeText& served) {
  context.say(SafeText{"Ready: serving the profile in "} +
              SafeText::line(context.profile().folder().string()) + served);
  tell_service_manager("READY=1");
}

void serve(Context& context, const DaemonOptions& options) {
  if (!options.link.empty()) (void)context.new_session(false);
  auto& gate = context.gate();
  gate.take_over([&] {
    context.say(SafeText{"Another command owns this profile: waiting until it has ended."});
  });
  Doors doors{context, options};
  Hooks hooks{context, options};
  Host host{gate};
  doors.open(host, gate);
  hooks.open(host, gate);
  host.watch_owner(doors.any() && options.receive_mode == "on-start");
  say_ready(context, doors.words() + hooks.words());
  try {
    host.run();
  } catch (const Interrupted&) {
    Signals::forget();  // the usual end; the second signal kills
    tell_service_manager("STOPPING=1");
    host.finish();
  }
}

}  // namespace

ExitCode daemon(Context& context, const DaemonOptions& options) {
  try {
    serve(context, options);
  } catch (const Interrupted&) {
    Signals::forget();  // before it was ready
  }
  return ExitCode::done;
}

}  // namespace bisik::client
