// What shells need to complete a command line of ours: the commands and options that there are, in
// a script for one shell, made from the command line itself.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace bisik::client {

// `shell`: bash, zsh or fish.
[[nodiscard]] std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace bisik::client
