#include "client/cli/defaults.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "client/cli/config.hpp"
#include "client/problem.hpp"

namespace bisik::client {
namespace {

// By command and option: the variable.
using Variables = std::map<std::pair<std::string, std::string>, std::string>;

const auto kAll = [](const CLI::App*) { return true; };

std::string variable_of(const std::string& command, const std::string& option) {
  std::string name = "BISIK_" + command + (command.empty() ? "" : "_") + option;
  for (char& c : name) {
    if (c == '-' || c == ' ') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

void name_variables(CLI::App& app, const std::string& command, Variables& variables) {
  for (auto* option : app.get_options([](const CLI::Option* each) {
         return !each->get_lnames().empty() && !each->check_lname("help");
       })) {
    const auto& name = option->get_lnames().front();
    if (option->get_envname().empty()) option->envname(variable_of(command, name));
    variables[{command, name}] = option->get_envname();
  }
  for (auto* below : app.get_subcommands(kAll)) {
    name_variables(*below, command.empty() ? below->get_name() : command + " " + below->get_name(),
                   variables);
  }
}

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? nullptr : value;
}

std::string path_of_config() {
  if (const char* named = variable("BISIK_CONFIG")) return named;
  if (const char* folder = variable("XDG_CONFIG_HOME"))
    return std::string{folder} + "/bisik/config";
  const char* home = variable("HOME");
  return home == nullptr ? std::string{} : std::string{home} + "/.config/bisik/config";
}

[[noreturn]] void refuse(const std::string& path, const std::string& mistake) {
  throw Problem{ExitCode::user, path + ": " + mistake + "."};
}

}  // namespace

void hide_variables(CLI::App& app) {
  const auto is_named = [](const CLI::Option* option) { return !option->get_envname().empty(); };
  for (auto* option : app.get_options(is_named)) option->envname("");
  for (auto* below : app.get_subcommands(kAll)) hide_variables(*below);
}

void apply_defaults(CLI::App& app) {
  Variables variables;
  name_variables(app, "", variables);
  const auto path = path_of_config();
  std::ifstream file{path};
  if (!file) {
    if (variable("BISIK_CONFIG") != nullptr) refuse(path, "there is no such file");
    return;
  }
  std::ostringstream text;
  text << file.rdbuf();
  const auto config = parse_config(text.str());
  if (config.mistake) refuse(path, *config.mistake);
  for (const auto& setting : config.settings) {
    const auto found = variables.find({setting.command, setting.option});
    if (found == variables.end()) {
      refuse(path, "line " + std::to_string(setting.line) + " names " + setting.option +
                       ", which is no option" +
                       (setting.command.empty() ? "" : " of " + setting.command));
    }
    constexpr int kLeaveAsItIs = 0;  // the environment is nearer
    setenv(found->second.c_str(), setting.value.c_str(), kLeaveAsItIs);
  }
}

}  // namespace bisik::client
