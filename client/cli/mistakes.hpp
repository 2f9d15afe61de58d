// What is wrong with a command line, in one sentence that also says where to read on.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

namespace bisik::client {

[[nodiscard]] std::string sentence_of(const CLI::App& app, const CLI::ParseError& error);
// Of a line that was parsed: an option with nothing in it, as a script's empty variable leaves it.
// Taken as if it were not there, `--at ''` would send at once and `--consumer ''` take everybody's.
[[nodiscard]] std::optional<std::string> empty_option(const CLI::App& app);

}  // namespace bisik::client
