// jsonRpc: a bot has started this program and speaks over its standard input and output.
#include <unistd.h>

#include "client/cli/commands.hpp"
#include "client/door/host.hpp"
#include "client/door/link.hpp"
#include "client/rpc/describe.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

ExitCode describe(Context& context, const std::string& form) {
  if (form == "markdown") {
    context.out() << SafeText::text(rpc::reference_page(), 0) << "\n";
  } else {
    context.out().json(rpc::openrpc_document());
  }
  context.out().flush();
  return ExitCode::done;
}

}  // namespace

ExitCode json_rpc(Context& context, const JsonRpcOptions& options) {
  if (options.describe) return describe(context, *options.describe);
  if (!options.link.empty()) (void)context.new_session(false);
  auto& gate = context.gate();
  Tenants tenants{gate, context.globals().account()};
  Host host{tenants};
  const rpc::Conversation::Options speech{.receives = options.receive_mode != "manual",
                                          .accounts = tenants.names(),
                                          .relay = options.link};
  host.add(std::make_unique<Link>(tenants, copy_of(STDIN_FILENO), copy_of(STDOUT_FILENO), speech));
  try {
    host.run();
  } catch (const Interrupted&) {
    Signals::forget();  // bots end it by a signal; the second one kills
    host.finish();
  }
  return ExitCode::done;
}

}  // namespace bisik::client
