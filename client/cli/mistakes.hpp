// What is wrong with a command line, in one sentence that also says where to read on.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace bisik::client {

[[nodiscard]] std::string sentence_of(const CLI::App& app, const CLI::ParseError& error);

}  // namespace bisik::client
