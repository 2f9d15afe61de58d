// The part of the table of commands that is about messages which are there already, and about what
// goes beside them.
#include "client/cli/commands.hpp"
#include "client/cli/declare.hpp"

namespace bisik::client {

void declare_amending(CLI::App& app, CommandLine& line) {
  auto& reacting = declare(app, "react", "Put an emoji to a message",
                           "bisik react bob/7 \U0001f44d\n  bisik react bob/7 \U0001f44d --remove");
  auto react_options = run_with(reacting, line, react);
  reacting.add_option("ID", react_options->id, "The message, as history shows it")->required();
  reacting.add_option("EMOJI", react_options->emoji, "One emoji")->required();
  reacting.add_flag("--remove", react_options->remove, "Take it back");

  auto& editing = declare(app, "edit", "Change the text of a message that you have sent",
                          "bisik edit bob/8 'hello!'\n  bisik edit bob/8 - <letter");
  auto edit_options = run_with(editing, line, edit);
  editing.add_option("ID", edit_options->id, "The message, as history shows it")->required();
  editing.add_option("TEXT", edit_options->text, "The new text; '-' or nothing: standard input");

  auto& telling = declare(app, "receipts", "Show or say what somebody hears of what you do",
                          "bisik receipts bob --read off");
  auto options = run_with(telling, line, receipts);
  telling.add_option("NAME", options->name, "Who")->required();
  const CLI::IsMember on_or_off{{"on", "off"}};
  telling.add_option("--delivery", options->delivery, "That they arrived")->check(on_or_off);
  telling.add_option("--read", options->read, "That you have read them")->check(on_or_off);
  telling.add_option("--typing", options->typing, "That you are typing to them")->check(on_or_off);

  auto& naming = declare(app, "profile", "Say what this account calls itself",
                         "bisik profile --name 'Alice from work'");
  auto profile_options = run_with(naming, line, profile);
  naming.add_option("--name", profile_options->name, "The name; contacts keep theirs for you")
      ->type_name("NAME")
      ->required();

  auto& showing = declare(app, "typing", "Let somebody know that you are typing, for a moment",
                          "bisik typing bob");
  auto typing_options = run_with(showing, line, typing);
  takes_words(*showing.add_option("NAME", typing_options->names, "Whom")).required();
  showing.add_flag("--stop", typing_options->stop, "That you are not any more");
}

}  // namespace bisik::client
