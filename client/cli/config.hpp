// The configuration file: what options are where the command line says nothing.
//
//     # of every command
//     json = true
//     [send]
//     timeout = 60
//     [daemon]
//     exec = "/usr/local/bin/on message"
//
// One option a line, without its dashes, below the name of its command. A value with a space, a '#'
// or a quote in it stands in double quotes, where \" and \\ are those characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bisik::client {

// More than every option there is takes, many times over.
inline constexpr std::size_t kMaxConfigBytes = 64 * 1024;

struct Setting {
  std::string command;  // "send", "devices remove"; empty: of every command
  std::string option;
  std::string value;
  std::size_t line = 0;

  friend bool operator==(const Setting&, const Setting&) = default;
};

struct Config {
  std::vector<Setting> settings;
  std::optional<std::string> mistake;  // "line 7 is no setting"; then there are no settings
};
[[nodiscard]] Config parse_config(std::string_view text);

}  // namespace bisik::client
