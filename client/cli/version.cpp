#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"

namespace bisik::client {

ExitCode version(Context& context) {
  if (context.json()) {
    context.out().json({{"version", BISIK_VERSION}, {"protocol", 1}});
  } else {
    context.out() << "bisik " BISIK_VERSION ", protocol 1\n";
  }
  context.out().flush();
  return ExitCode::done;
}

}  // namespace bisik::client
