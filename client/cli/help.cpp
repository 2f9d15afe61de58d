#include "client/cli/help.hpp"

#include <CLI/App.hpp>
#include <algorithm>

namespace bisik::client {
namespace {

// Of "MODE:{one,two}" the choices, of "S:FLOAT in [0 - 9]" what stands before the type.
std::string value_of(const CLI::Option& option) {
  auto type = option.get_type_name();
  const auto begin = type.find(":{");
  if (begin != std::string::npos) {
    const bool may_be_absent = begin > 0 && type[begin - 1] == ']';
    type = type.substr(begin + 2, type.rfind('}') - begin - 2);
    if (type.ends_with(',')) type.pop_back();
    std::ranges::replace(type, ',', '|');
    return may_be_absent ? "[" + type + "]" : type;
  }
  for (const auto* number : {":FLOAT", ":UINT", ":INT"}) {
    type = type.substr(0, type.find(number));
  }
  return type;
}

// Some arguments say with their type how they are typed.
bool says_how(const std::string& type) { return type.find_first_of("|[") != std::string::npos; }

}  // namespace

std::string Help::make_option_name(const CLI::Option* option, bool is_positional) const {
  if (!is_positional) return Formatter::make_option_name(option, false);
  const auto type = option->get_type_name();
  return says_how(type) && type.find(':') == std::string::npos ? type
                                                               : option->get_name(true, false);
}

std::string Help::make_option_opts(const CLI::Option* option) const {
  std::string text;
  if (!option->get_positional()) {
    const auto value = value_of(*option);
    if (!value.empty()) text += " " + value;
    if (option->get_required()) text += " (required)";
  }
  std::string others;
  for (const auto* other : option->get_excludes()) {
    others += (others.empty() ? "" : ", ") + other->get_name();
  }
  return others.empty() ? text : text + " (not with " + others + ")";
}

std::string Help::make_option_usage(const CLI::Option* option) const {
  const auto name = make_option_name(option, true);
  if (name != option->get_name(true, false)) return name;
  return Formatter::make_option_usage(option);
}

std::string help_of(const CLI::App& app) {
  const auto* command = &app;
  std::string above;
  while (!command->get_subcommands().empty()) {
    above += (above.empty() ? "" : " ") + command->get_name();
    command = command->get_subcommands().front();
  }
  return command->help(above);
}

}  // namespace bisik::client
