#include <nlohmann/json.hpp>

#include "client/cli/commands.hpp"

namespace bisik::client {

const char* version_words() { return "bisik " BISIK_VERSION ", protocol 1"; }

ExitCode version(Context& context) {
  if (context.json()) {
    context.out().json({{"version", BISIK_VERSION}, {"protocol", 1}});
  } else {
    context.out() << SafeText::line(version_words()) << "\n";
  }
  context.out().flush();
  return ExitCode::done;
}

}  // namespace bisik::client
