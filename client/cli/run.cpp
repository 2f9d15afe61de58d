#include "client/cli/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <span>

#include "client/cli/ending.hpp"
#include "client/cli/table.hpp"
#include "client/signals.hpp"

namespace bisik::client {
namespace {

// Where the line is not parsed: as it is typed, or as variable and file say.
bool wants_json(int argc, const char* const* argv) {
  const char* variable = std::getenv("BISIK_JSON");
  const std::span all{argv, static_cast<std::size_t>(argc)};
  const auto is = [](std::string_view wanted) {
    return [wanted](std::string_view word) { return word == wanted; };
  };
  const std::span options{all.begin(), std::ranges::find_if(all, is("--"))};
  return std::ranges::any_of(options, is("--json")) ||
         (variable != nullptr && std::string_view{variable} == "true");
}

ExitCode carry_out(const CommandLine& line, Context& context) {
  const auto code = line.command(context);
  context.leave();
  return code;
}

int run_line(const CommandLine& line) {
  Context context{line.globals};
  try {
    return static_cast<int>(carry_out(line, context));
  } catch (const Interrupted& interrupted) {
    return 128 + interrupted.signal();  // as shells say it
  } catch (const OutputClosed& closed) {
    if (!closed.pipe_closed())
      tell(context.err(), line.globals.json, {ExitCode::user, closed.what()});
    return static_cast<int>(ExitCode::user);
  } catch (...) {
    const auto how = ending();
    tell(context.err(), line.globals.json, how);
    return static_cast<int>(how.code);
  }
}

}  // namespace

int run(int argc, const char* const* argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* line = std::get_if<CommandLine>(&parsed)) return run_line(*line);
  const auto& answered = std::get<Answered>(parsed);
  if (answered.code != ExitCode::done) {
    Output err{STDERR_FILENO};
    tell(err, wants_json(argc, argv), {answered.code, answered.text});
    return static_cast<int>(answered.code);
  }
  Output out{STDOUT_FILENO};
  out << SafeText::text(answered.text, 0) << "\n";
  out.flush();
  return static_cast<int>(answered.code);
}

}  // namespace bisik::client
