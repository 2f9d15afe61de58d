#include "client/cli/mistakes.hpp"

#include <algorithm>

#include "client/cli/help.hpp"
#include "client/edits.hpp"

namespace bisik::client {
namespace {

// As it is typed, down to the innermost command that was.
std::string typed(const CLI::App& app) {
  std::string words = app.get_name();
  for (const auto* command = &app; !command->get_subcommands().empty();) {
    command = command->get_subcommands().front();
    words += " " + command->get_name();
  }
  return words;
}

const CLI::App& innermost(const CLI::App& app) {
  const auto* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
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

// CLI11's own text has two sentences in it for some mistakes: the first line of it.
std::string first_line(const CLI::ParseError& error) {
  std::string text = error.what();
  text = text.substr(0, text.find('\n'));
  return text + (text.ends_with('.') ? "" : ".");
}

}  // namespace

std::string sentence_of(const CLI::App& app, const CLI::ParseError& error) {
  const auto more = " See " + typed(app) + " --help.";
  const auto& command = innermost(app);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const auto extras = app.remaining(true);
    if (!extras.empty() && &command == &app && !extras.front().starts_with('-')) {
      return unknown_command(app, extras.front()) + more;
    }
    if (!extras.empty()) return typed(app) + " does not take " + extras.front() + "." + more;
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const auto words = missing(command);
    if (!words.empty()) return typed(app) + " needs" + words + "." + more;
  }
  return first_line(error) + more;
}

}  // namespace bisik::client
