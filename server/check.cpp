// The commands about the configuration: check and config.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "server/commands.hpp"
#include "server/reference.hpp"

namespace bisik::server {
namespace {

nlohmann::json to_json(const Fault& fault) {
  nlohmann::json object{{"source", fault.source}, {"sentence", fault.sentence}};
  if (fault.line != 0) object["line"] = fault.line;
  return object;
}

// What a file that is not UTF-8 has for a name is shown as well as it can be.
std::string dump(const nlohmann::json& object) {
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Exit run_check(const Configured& configured, Output output) {
  const bool ok = configured.faults.empty();
  if (output == Output::json) {
    auto faults = nlohmann::json::array();
    for (const auto& fault : configured.faults) faults.push_back(to_json(fault));
    std::printf("%s\n", dump({{"ok", ok}, {"faults", faults}}).c_str());
  } else {
    for (const auto& fault : configured.faults) std::printf("%s\n", fault.text().c_str());
    if (ok) std::puts("ok");
  }
  std::fflush(stdout);
  return ok ? Exit::done : Exit::user;
}

void run_config(ConfigText which) {
  const auto text = which == ConfigText::reference ? reference_page() : example_file();
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace bisik::server
