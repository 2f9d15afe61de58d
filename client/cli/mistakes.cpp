#include "client/cli/mistakes.hpp"

#include <algorithm>
#include <vector>

#include "client/cli/help.hpp"
#include "client/edits.hpp"

namespace bisik::client {
namespace {

// The commands that were typed, each below the one before it: the last is the innermost.
std::vector<const CLI::App*> commands_in(const CLI::App& app) {
  std::vector<const CLI::App*> commands{&app};
  while (!commands.back()->get_subcommands().empty()) {
    commands.push_back(commands.back()->get_subcommands().front());
  }
  return commands;
}

std::string names_of(const std::vector<const CLI::App*>& commands) {
  std::string words;
  for (const auto* command : commands) {
    words += (words.empty() ? "" : " ") + command->get_name();
  }
  return words;
}

std::string unknown_command(const CLI::App& app, const std::string& word) {
  std::string nearest;
  auto best = kNearestEdits;
  for (const auto* command : app.get_subcommands({})) {
    const auto& name = command->get_name();
    const auto distance = edits_between(word, name);
    if (distance >= std::min(best, name.size())) continue;
    best = distance;
    nearest = name;
  }
  return "There is no command " + word + "." +
         (nearest.empty() ? "" : " Did you mean " + nearest + "?");
}

// Of the command that was typed, what it cannot do without.
std::string missing(const CLI::App& command) {
  std::string words;
  for (const auto* option :
       command.get_options([](const CLI::Option* each) { return each->get_required(); })) {
    if (option->count() != 0) continue;
    words += " " + Help{}.make_option_name(option, option->get_positional());
  }
  return words;
}

// "Could not convert: --json = maybe" is CLI11's text, also of what a variable or the file says.
std::string unlike(const CLI::App& app, const CLI::App& command, const std::string& text) {
  const auto name_at = text.find(": ") + 2;
  const auto value_at = text.find(" = ", name_at);
  if (value_at == std::string::npos) return text + ".";
  const auto name = text.substr(name_at, value_at - name_at);
  const auto* option = command.get_option_no_throw(name);
  if (option == nullptr) option = app.get_option_no_throw(name);
  const bool is_flag = option != nullptr && option->get_expected_max() == 0;
  return name + " cannot be " + text.substr(value_at + 3) +
         (is_flag ? ": it is true or false." : ".");
}

// CLI11's own text has two sentences in it for some mistakes: the first line of it.
std::string first_line(const CLI::ParseError& error) {
  std::string text = error.what();
  text = text.substr(0, text.find('\n'));
  return text + (text.ends_with('.') ? "" : ".");
}

}  // namespace

std::string sentence_of(const CLI::App& app, const CLI::ParseError& error) {
  const auto commands = commands_in(app);
  const auto typed = names_of(commands);
  const auto more = " See " + typed + " --help.";
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const auto extras = app.remaining(true);
    if (!extras.empty() && commands.size() == 1 && !extras.front().starts_with('-')) {
      return unknown_command(app, extras.front()) + more;
    }
    if (!extras.empty()) return typed + " does not take " + extras.front() + "." + more;
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const auto words = missing(*commands.back());
    if (!words.empty()) return typed + " needs" + words + "." + more;
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    return unlike(app, *commands.back(), error.what()) + more;
  }
  return first_line(error) + more;
}

std::optional<std::string> empty_option(const CLI::App& app) {
  const auto commands = commands_in(app);
  for (const auto* command : commands) {
    for (const auto* option : command->get_options({})) {
      if (option->get_positional() || option->get_expected_min() == 0) continue;
      const auto& given = option->results();
      if (std::ranges::find(given, "") == given.end()) continue;
      return option->get_name() + " is empty. See " + names_of(commands) + " --help.";
    }
  }
  return std::nullopt;
}

}  // namespace bisik::client
