// Where options come from that the command line does not name: the environment, then the
// configuration file. Every option has a variable: BISIK_SEND_TIMEOUT is that of send --timeout,
// BISIK_JSON that of --json.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

namespace bisik::client {

// What `--config` names, else $BISIK_CONFIG, else bisik/config in $XDG_CONFIG_HOME or ~/.config,
// which may be absent. Before the line is parsed; commands that are started by this one take the
// same file. Throws Problem: a file that cannot be read, or names what there is not.
void apply_defaults(CLI::App& app, const std::optional<std::string>& named);
// The value of --config in a line that is not parsed yet.
[[nodiscard]] std::optional<std::string> config_named_in(int argc, const char* const* argv);
// So that a help page has room for what the options do.
void hide_variables(CLI::App& app);

}  // namespace bisik::client
