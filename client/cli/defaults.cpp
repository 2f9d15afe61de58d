#include "client/cli/defaults.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <variant>

#include "client/cli/config.hpp"
#include "client/descriptor.hpp"
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
         return !each->get_lnames().empty() && !each->check_lname("help") &&
                !each->check_lname("version");
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

std::string usual_path() {
  if (const char* folder = variable("XDG_CONFIG_HOME"))
    return std::string{folder} + "/bisik/config";
  const char* home = variable("HOME");
  return home == nullptr ? std::string{} : std::string{home} + "/.config/bisik/config";
}

[[noreturn]] void refuse(const std::string& path, const std::string& mistake) {
  throw Problem{ExitCode::user, path + ": " + mistake + "."};
}

// The first of it, which is more than there may be, or an error of the system.
std::variant<std::string, int> contents_of(const std::string& path) {
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.get() < 0) return errno;
  std::string text;
  std::array<char, 16 * 1024> part{};
  while (text.size() <= kMaxConfigBytes) {
    const auto got = read(file.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

// Nothing: there is no file, and none was named.
std::optional<std::string> text_of_config(const std::string& path, bool was_named) {
  auto contents = contents_of(path);
  if (auto* text = std::get_if<std::string>(&contents)) return std::move(*text);
  if (!was_named) return std::nullopt;
  const int error = std::get<int>(contents);
  if (error == ENOENT) refuse(path, "there is no such file");
  refuse(path, std::string{"the configuration cannot be read: "} + std::strerror(error));
}

}  // namespace

void hide_variables(CLI::App& app) {
  const auto is_named = [](const CLI::Option* option) { return !option->get_envname().empty(); };
  for (auto* option : app.get_options(is_named)) option->envname("");
  for (auto* below : app.get_subcommands(kAll)) hide_variables(*below);
}

std::optional<std::string> config_named_in(int argc, const char* const* argv) {
  constexpr std::string_view kOption = "--config";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") break;
    if (word == kOption && i + 1 < argc) return argv[i + 1];
    if (word.starts_with(std::string{kOption} + "=")) {
      return std::string{word.substr(kOption.size() + 1)};
    }
  }
  return std::nullopt;
}

void apply_defaults(CLI::App& app, const std::optional<std::string>& named) {
  Variables variables;
  name_variables(app, "", variables);
  variables.erase({"", "config"});  // a file names no other
  if (named) setenv("BISIK_CONFIG", named->c_str(), 1);
  const char* set = named ? named->c_str() : variable("BISIK_CONFIG");
  const auto path = set == nullptr ? usual_path() : std::string{set};
  const auto text = text_of_config(path, set != nullptr);
  if (!text) return;
  const auto config = parse_config(*text);
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
