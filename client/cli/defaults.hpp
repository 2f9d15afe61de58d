// Where options come from that the command line does not name: the environment, then the
// configuration file. Every option has a variable: BISIK_SEND_TIMEOUT is that of send --timeout,
// BISIK_JSON that of --json.
#pragma once

#include <CLI/App.hpp>

namespace bisik::client {

// $BISIK_CONFIG, else bisik/config in $XDG_CONFIG_HOME or ~/.config. Before the line is parsed.
// Throws Problem: a file that cannot be read, or names what there is not.
void apply_defaults(CLI::App& app);
// So that a help page has room for what the options do.
void hide_variables(CLI::App& app);

}  // namespace bisik::client
