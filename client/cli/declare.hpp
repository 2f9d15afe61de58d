// How a command is declared to the command line: its name, its options and what runs it. For the
// files that make up the table of commands.
#pragma once

#include <CLI/App.hpp>
#include <memory>

#include "client/cli/table.hpp"

namespace bisik::client {

// One command: its options live as long as the line that was parsed.
template <class Options>
std::shared_ptr<Options> run_with(CLI::App& command, CommandLine& line,
                                  ExitCode (*run)(Context&, const Options&)) {
  auto options = std::make_shared<Options>();
  command.callback([options, run, &line] {
    line.command = [options, run](Context& context) { return run(context, *options); };
  });
  return options;
}

inline void run_alone(CLI::App& command, CommandLine& line, ExitCode (*run)(Context&)) {
  command.callback([run, &line] { line.command = run; });
}

inline CLI::App& declare(CLI::App& app, const char* name, const char* description,
                         const std::string& example) {
  auto& command = *app.add_subcommand(name, description);
  command.fallthrough();  // --json and the like may stand behind the command
  command.footer("Example:\n  " + example);
  return command;
}

// Any number of words, each as it was typed. CLI11 takes "[a,b]" for two words wherever more than
// the least number of them may come, and ends at "--" once that many are there, so that what stands
// behind it would be read as options: hence a least number that is never there.
inline CLI::Option& takes_words(CLI::Option& words) {
  constexpr int kEndless = CLI::detail::expected_max_vector_size;
  words.expected(kEndless, kEndless);
  words.allow_extra_args(false);
  words.multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return words;
}

// Messages, out and in.
void declare_writing(CLI::App& app, CommandLine& line);
void declare_reading(CLI::App& app, CommandLine& line);
// What is said of messages, and beside them.
void declare_amending(CLI::App& app, CommandLine& line);
// What programs use: daemon, jsonRpc.
void declare_bots(CLI::App& app, CommandLine& line);

}  // namespace bisik::client
