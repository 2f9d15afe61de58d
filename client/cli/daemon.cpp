// daemon: owns profiles without a person, and serves commands and bots until it is ended.
#include "client/cli/daemon_options.hpp"
#include "client/cli/doors.hpp"
#include "client/cli/hooks.hpp"
#include "client/cli/service_manager.hpp"
#include "client/cli/tenancy.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

// Returns when it was ended, or there is no tenant any more. `what`: is served, of those that are.
void serve(Context& context, const DaemonOptions& options, const std::filesystem::path& folder,
           const std::function<SafeText()>& what, Tenants& tenants) {
  Doors doors{folder, options, tenants};
  Hooks hooks{context, folder, options, tenants};
  Host host{tenants};
  doors.open(host);
  hooks.open(host);
  if (tenants.all_ended()) return;
  host.watch_owners(doors.any() && options.receive_mode == kUsualReceiveMode);
  context.say(SafeText{"Ready: serving "} + what() + doors.words() + hooks.words());
  tell_service_manager("READY=1");
  try {
    host.run();
  } catch (const Interrupted&) {
    Signals::forget();  // the usual end; the second signal kills
    tell_service_manager("STOPPING=1");
    host.finish();
  }
}

void serve_one(Context& context, const DaemonOptions& options) {
  if (!options.link.empty()) (void)context.new_session(false);
  auto& gate = context.gate();
  gate.take_over([&] {
    context.say(SafeText{"Another command owns this profile: waiting until it has ended."});
  });
  Tenants tenants{gate, context.globals().account()};
  const auto folder = context.profile().folder();
  const auto what = [&] { return SafeText{"the profile in "} + SafeText::line(folder.string()); };
  serve(context, options, folder, what, tenants);
}

SafeText words_of(const Tenants& tenants) {
  SafeText all{"the profiles "};
  bool first = true;
  for (std::size_t each = 0; each < tenants.size(); ++each) {
    if (tenants.ended(each)) continue;
    if (!std::exchange(first, false)) all += SafeText{", "};
    all += SafeText::line(tenants.name(each));
  }
  return all;
}

ExitCode serve_several(Context& context, const DaemonOptions& options) {
  Tenancy tenancy{context, options};
  auto& tenants = tenancy.tenants();
  tenancy.open();
  if (!tenants.all_ended()) {
    const auto what = [&] { return words_of(tenants); };
    serve(context, options, Profile::folder_of_names(), what, tenants);
  }
  const auto code = tenancy.leave();
  return tenants.all_ended() ? tenancy.code() : code;
}

}  // namespace

ExitCode daemon(Context& context, const DaemonOptions& options) {
  require_sound(options);
  try {
    if (wants_several(context, options)) return serve_several(context, options);
    serve_one(context, options);
  } catch (const Interrupted&) {
    Signals::forget();  // before it was ready
  }
  return ExitCode::done;
}

}  // namespace bisik::client
