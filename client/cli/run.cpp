#include "client/cli/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <nlohmann/json.hpp>
#include <span>

#include "client/cli/table.hpp"
#include "client/signals.hpp"
#include "storage/error.hpp"

namespace bisik::client {
namespace {

struct Ending {
  ExitCode code;
  std::string sentence;
};

Ending ending(const storage::StorageError& error) {
  using Kind = storage::StorageError::Kind;
  switch (error.kind()) {
    case Kind::full:
      return {ExitCode::user, "The disk is full, so nothing was kept: make room, then try again."};
    case Kind::corrupt:
    case Kind::not_ours:
      return {ExitCode::unexpected,
              "This profile's database is damaged; nothing was changed. Put a copy of its folder "
              "back."};
    case Kind::newer_version:
      return {ExitCode::user, "A later version of bisik wrote this profile: update bisik."};
    case Kind::busy:
      return {ExitCode::unexpected,
              "Another program has this profile's database open: close it, then try again."};
    case Kind::io:
      return {ExitCode::unexpected,
              "The profile's folder cannot be read or written: check the disk and its permissions "
              "(bisik doctor)."};
    case Kind::other:
      break;
  }
  return {ExitCode::unexpected, std::string{"The profile's database failed: "} + error.what()};
}

// Of the exception that is being handled.
Ending ending() {
  try {
    throw;
  } catch (const Problem& problem) {
    return {problem.code(), problem.what()};
  } catch (const storage::StorageError& error) {
    return ending(error);
  } catch (const std::bad_alloc&) {
    return {ExitCode::unexpected, "There is not enough memory."};
  } catch (const std::exception& error) {
    return {ExitCode::unexpected, std::string{"Something unexpected happened: "} + error.what()};
  }
}

void tell(Output& err, bool json, const Ending& how) {
  if (json) {
    err.json({{"error", {{"code", static_cast<int>(how.code)}, {"message", how.sentence}}}});
  } else {
    err << SafeText::line(how.sentence) << "\n";
  }
  err.flush();
}

// Where the line is not parsed: as it is typed, or as variable and file say.
bool wants_json(int argc, const char* const* argv) {
  const char* variable = std::getenv("BISIK_JSON");
  const std::span words{argv, static_cast<std::size_t>(argc)};
  return std::ranges::any_of(words, [](std::string_view word) { return word == "--json"; }) ||
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
