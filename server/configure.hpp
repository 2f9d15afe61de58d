// The configuration in force, put together: a flag goes before an environment variable, that before
// the file, that before the default. Every value is checked, also one that another goes before.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "server/config_file.hpp"

namespace bisik::server {

inline constexpr std::string_view kConfigVariable = "BISIK_RELAY_CONFIG";
// In the data directory, read where no other file is named.
inline constexpr const char* kConfigName = "relay.toml";

struct Wishes {
  std::optional<std::string> file;                 // --config
  std::map<std::string, Given> flags;              // by the setting's name
  std::map<std::string, std::string> environment;  // variables that begin as ours do
};

// Those of this process that begin with kVariablePrefix.
[[nodiscard]] std::map<std::string, std::string> relay_variables();

struct Configured {
  Config config;
  std::vector<Fault> faults;
  std::optional<std::filesystem::path> file;   // that was read
  std::map<std::string, std::string> sources;  // of what is not a default, by the setting's name

  [[nodiscard]] bool chosen(const std::string& setting) const { return sources.contains(setting); }
};
// `config.data` is filled in. Throws Problem where nothing says where the home is.
[[nodiscard]] Configured configure(const Wishes& wishes);

// Throws Problem if anything is wrong: the first fault, and how many more there are.
void require_no_faults(const Configured& configured);

}  // namespace bisik::server
